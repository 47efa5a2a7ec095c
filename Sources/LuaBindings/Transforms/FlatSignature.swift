import LuaRuntime
import TensorCore

/// What the arguments of a recording were, where all are tensors, numbers and booleans: quick to
/// compare with those of a call.
struct FlatSignature {
  private enum Slot {
    case tensor(Shape, DType)
    case number
    case integer(Int)
    case boolean(Bool)
  }

  private let slots: [Slot]

  /// Nil where an argument is a table, a string or something else.
  init?(_ arguments: [LuaValue], _ context: ScriptContext) {
    var slots: [Slot] = []
    for argument in arguments {
      switch argument {
      case .number: slots.append(.number)
      case .integer(let integer): slots.append(.integer(integer))
      case .boolean(let flag): slots.append(.boolean(flag))
      default:
        guard let tensor = context.tensor(argument) else { return nil }
        slots.append(.tensor(tensor.shape, tensor.dtype))
      }
    }
    self.slots = slots
  }

  /// Whether a call has such arguments.
  func matches(_ call: LuaFastCall, _ context: ScriptContext) -> Bool {
    guard call.count == slots.count else { return false }
    for position in 0..<slots.count {
      switch slots[position] {
      case .tensor(let shape, let dtype):
        guard let id = call.handleIfPresent(position, kind: ScriptContext.tensorKind) else {
          return false
        }
        let tensor = Tensor(graph: context.graph, id: NodeID(truncatingIfNeeded: id))
        guard tensor.dtype == dtype, tensor.shape == shape else { return false }
      case .number: guard call.kind(position) == .number else { return false }
      case .integer(let integer):
        guard call.kind(position) == .integer, (try? call.integer(position)) == integer else {
          return false
        }
      case .boolean(let flag):
        guard call.kind(position) == .boolean, (try? call.boolean(position)) == flag else {
          return false
        }
      }
    }
    return true
  }
}
