import LuaRuntime
import TensorCore

/// The hot path: operations on tensors and numbers alone.
///
/// One body a number of operands. A call makes one node and nothing else: no array, closure,
/// existential or string.
enum PrimitiveDispatch {
  /// The function of a primitive whose parameters are all tensors.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - op: the primitive.
  ///   - arity: how many operands it takes, 1...3.
  ///   - context: whose graph it adds to.
  ///   - isOperator: whether Lua passes the operand of a unary operator twice.
  /// - Returns: A fast function.
  static func function(
    _ name: String, _ op: OpID, arity: Int, _ context: ScriptContext, isOperator: Bool = false
  ) -> NativeFunction {
    let limit = isOperator ? 2 : arity
    let body: NativeFunction.FastBody =
      switch arity {
      case 1: { try unary(op, context, limit, $0) }
      case 2: { try binary(op, context, $0) }
      default: { try ternary(op, context, $0) }
      }
    return .fast(name, tag: 0, handles: 1, body)
  }

  private static func unary(
    _ op: OpID, _ context: ScriptContext, _ limit: Int, _ call: LuaFastCall
  ) throws {
    if call.count > limit { throw context.excess(call, limit) }
    let x = try context.operand(call, 0)
    if context.capture != nil { context.noteOrigin(call.state) }
    try context.give(context.graph.emit(op, x), to: call)
  }

  private static func binary(
    _ op: OpID, _ context: ScriptContext, _ call: LuaFastCall
  ) throws {
    if call.count > 2 { throw context.excess(call, 2) }
    let x = try context.operand(call, 0)
    let y = try context.operand(call, 1)
    if context.capture != nil { context.noteOrigin(call.state) }
    try context.give(context.graph.emit(op, x, y), to: call)
  }

  private static func ternary(
    _ op: OpID, _ context: ScriptContext, _ call: LuaFastCall
  ) throws {
    if call.count > 3 { throw context.excess(call, 3) }
    let x = try context.operand(call, 0)
    let y = try context.operand(call, 1)
    let z = try context.operand(call, 2)
    if context.capture != nil { context.noteOrigin(call.state) }
    try context.give(context.graph.emit(op, x, y, z), to: call)
  }
}

extension ScriptContext {
  /// The node of an argument: a tensor's own, or a new one for a number, which will take the
  /// type of what it meets.
  @inline(__always)
  func operand(_ call: LuaFastCall, _ position: Int) throws -> NodeID {
    if let id = call.handleIfPresent(position, kind: Self.tensorKind) {
      return NodeID(truncatingIfNeeded: id)
    }
    guard let number = call.numberIfPresent(position) else {
      throw call.wrongType(position, expected: "tensor or number")
    }
    return graph.weak(number, isInteger: call.kind(position) == .integer).id
  }

  func excess(_ call: LuaFastCall, _ limit: Int) -> TensorError {
    TensorError(
      call.functionName, "takes \(limit) argument\(limit == 1 ? "" : "s"), got \(call.count)")
  }

  /// The tensor of a Lua value that is one.
  func tensor(_ value: LuaValue) -> Tensor? {
    guard case .handle(let handle) = value, handle.kind == Self.tensorKind else { return nil }
    return Tensor(graph: graph, id: NodeID(truncatingIfNeeded: handle.id))
  }

  /// The tensor of a Lua value that is one or a number.
  func operand(_ value: LuaValue) -> Tensor? {
    switch value {
    case .integer(let integer): graph.weak(Double(integer), isInteger: true)
    case .number(let number): graph.weak(number)
    default: tensor(value)
    }
  }
}
