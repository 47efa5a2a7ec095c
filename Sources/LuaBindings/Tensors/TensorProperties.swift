import LuaRuntime
import TensorCore

/// `x.shape`, `x.dtype`, `x.rank`, `x.count`, and `x[i]`.
enum TensorProperties {
  static let names = ["shape", "dtype", "rank", "count"]

  static func function(_ context: ScriptContext) -> NativeFunction {
    let otherwise: NativeFunction.GeneralBody = { call in
      let id = NodeID(truncatingIfNeeded: try call.handle(0, kind: ScriptContext.tensorKind))
      let tensor = Tensor(graph: context.graph, id: id)
      guard let items = call[1].tableValue?.items else { throw LuaMissingField() }
      context.noteOrigin(call.state)
      return [context.handle(try TensorIndex.part(tensor, try items.map(TensorIndex.init)))]
    }
    return .fast("__index", handles: 1, otherwise: otherwise) { call in
      let id = NodeID(truncatingIfNeeded: try call.handle(0, kind: ScriptContext.tensorKind))
      let tensor = Tensor(graph: context.graph, id: id)
      switch call.kind(1) {
      case .integer, .number: try select(tensor, [call.integer(1)], context, call)
      case .numbers: try select(tensor, call.integers(1), context, call)
      case .string: try property(tensor, call.string(1), call)
      case .other: throw LuaTryGeneral()
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

  private static func select(
    _ tensor: Tensor, _ indices: [Int], _ context: ScriptContext, _ call: LuaFastCall
  ) throws {
    context.noteOrigin(call.state)
    let part = try TensorIndex.part(tensor, indices.map { .one($0) })
    try context.give(part.id, to: call)
  }
}
