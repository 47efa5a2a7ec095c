import LuaRuntime
import TensorCore

extension ScriptContext {
  /// Computes a new value at once and complains of the first number that is not finite.
  func trace(_ id: NodeID, _ call: LuaFastCall) throws {
    try trace([Tensor(graph: graph, id: id)], call.functionName)
  }

  /// Computes new values at once and complains of the first number that is not finite.
  func trace(_ tensors: [Tensor], _ operation: String) throws {
    for tensor in tensors where tensor.dtype.isFloating {
      let values = try holding { try tensor.doubles() }
      guard let index = values.firstIndex(where: { !$0.isFinite }) else { continue }
      throw TensorError(
        operation,
        "made \(values[index]) at element \(Self.place(index, tensor.shape)) of "
          + "\(tensor.dtype.name) \(tensor.shape)")
    }
  }

  /// The 1-based indices of an element.
  private static func place(_ index: Int, _ shape: Shape) -> String {
    let places = zip(shape.strides, shape.dims).map { index / $0 % max($1, 1) + 1 }
    return "[" + places.map(String.init).joined(separator: ", ") + "]"
  }
}
