import LuaRuntime
import TensorCore

/// How tensors behave in Lua: operators, properties, methods.
enum TensorKind {
  static func declare(_ context: ScriptContext) -> LuaHandleKind {
    LuaHandleKind(
      kind: ScriptContext.tensorKind, name: "tensor",
      methods: OperationFunctions.methods(context) + TensorLooking.methods(context)
        + [FrozenStops.function(context)],
      metamethods: operators(context) + refusals() + TensorLooking.metamethods(context),
      property: TensorProperties.function(context), propertyNames: TensorProperties.names,
      release: { context.release($0) })
  }

  /// Lua's operators and the operations they stand for; all act element by element.
  private static let meanings: [(operator: String, operation: String)] = [
    ("__add", "add"), ("__sub", "sub"), ("__mul", "mul"), ("__div", "div"), ("__unm", "neg"),
    ("__mod", "remainder"), ("__pow", "pow"), ("__idiv", "floor_divide"),
  ]

  private static func operators(_ context: ScriptContext) -> [NativeFunction] {
    meanings.compactMap { meaning -> NativeFunction? in
      guard let operation = Catalogue.named(meaning.operation) else { return nil }
      let arity = operation.parameters.count
      if let op = Catalogue.primitive(meaning.operation) {
        return PrimitiveDispatch.function(
          meaning.operator, op, arity: arity, context, isOperator: true)
      }
      guard case .composite(let build) = operation.body else { return nil }
      return composite(meaning.operator, operation, build, context)
    }
  }

  private static func composite(
    _ name: String, _ operation: Operation,
    _ build: @escaping @Sendable (Arguments) throws -> [Tensor], _ context: ScriptContext
  ) -> NativeFunction {
    .fast(name, handles: 1) { call in
      let values = try (0..<operation.parameters.count).map { position in
        Arguments.Value.tensor(
          Tensor(graph: context.graph, id: try context.operand(call, position)))
      }
      if context.capture != nil { context.noteOrigin(call.state) }
      let results = try build(Arguments(operation.name, context.graph, values))
      if let result = results.first { try context.give(result.id, to: call) }
    }
  }

  /// What Lua's operators cannot mean, because their results are booleans.
  private static func refusals() -> [NativeFunction] {
    let comparisons = [("__lt", "<", "lt"), ("__le", "<=", "le")].map { name, symbol, method in
      refusal(
        name,
        "'\(symbol)' cannot compare tensors element by element; use x:\(method)(y), and pg.where "
          + "to choose by it")
    }
    return comparisons + [
      refusal(
        "__eq",
        "'==' cannot compare tensors element by element; use x:eq(y), or rawequal(x, y) to ask "
          + "whether both are one tensor"),
      refusal(
        "__newindex", "tensors do not change; make a new one with pg.where, scatter or concat"),
      refusal("__call", "a tensor is no function"),
      refusal("__concat", "'..' joins strings; use tostring(x)"),
    ]
  }

  private static func refusal(_ name: String, _ message: String) -> NativeFunction {
    .fast(name) { _ in throw TensorError("tensor", message) }
  }
}
