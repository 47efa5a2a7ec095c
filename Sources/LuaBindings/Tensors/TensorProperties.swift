import LuaRuntime
import TensorCore

/// `x.shape`, `x.dtype`, `x.rank`, `x.count`, and `x[i]`.
enum TensorProperties {
  static let names = ["shape", "dtype", "rank", "count"]

  static func function(_ context: ScriptContext) -> NativeFunction {
    .fast("__index", handles: 1) { call in
      let id = NodeID(truncatingIfNeeded: try call.handle(0, kind: ScriptContext.tensorKind))
      let tensor = Tensor(graph: context.graph, id: id)
      switch call.kind(1) {
      case .integer, .number: try select(tensor, [call.integer(1)], context, call)
      case .numbers: try select(tensor, call.integers(1), context, call)
      case .string: try property(tensor, call.string(1), call)
      default: throw LuaMissingField()
      }
    }
  }

  private static func property(_ tensor: Tensor, _ name: String, _ call: LuaFastCall) throws {
    switch name {
    case "shape": call.returnIntegers(tensor.shape.dims)
    case "dtype": call.returnString(tensor.dtype.name)
    case "rank": call.returnInteger(tensor.rank)
    case "count": call.returnInteger(tensor.count)
    default: throw LuaMissingField()
    }
  }

  /// The part at given 1-based indices of the leading axes; negative ones count from the end.
  private static func select(
    _ tensor: Tensor, _ indices: [Int], _ context: ScriptContext, _ call: LuaFastCall
  ) throws {
    guard indices.count <= tensor.rank else {
      throw TensorError(
        "index", "\(indices.count) indices for \(tensor.rank) axes of shape \(tensor.shape)")
    }
    context.noteOrigin(call.state)
    var part = tensor
    for (axis, index) in indices.enumerated() {
      let extent = tensor.shape[axis]
      let start = index < 0 ? index + extent : index - 1
      guard start >= 0, start < extent else {
        throw TensorError(
          "index", "\(index) is outside 1...\(extent) of axis \(axis + 1) of \(tensor.shape)")
      }
      part = try part.slice(axis, start: start, count: 1)
    }
    let rest = Array(tensor.shape.dims.dropFirst(indices.count))
    try context.give(part.reshape(to: Shape(rest)).id, to: call)
  }
}
