import LuaRuntime
import TensorCore

/// Every public operation of the catalogue as a Lua function.
enum OperationFunctions {
  static func all(_ context: ScriptContext) -> [NativeFunction] {
    Catalogue.operations.filter(\.isPublic).map { function($0, context) }
  }

  /// The operations that are methods of tensors: those whose first operand is one.
  static func methods(_ context: ScriptContext) -> [NativeFunction] {
    Catalogue.operations
      .filter { operation in
        guard operation.isPublic, let first = operation.parameters.first else { return false }
        return first.kind == .tensor
      }
      .map { function($0, context) }
  }

  private static func function(
    _ operation: Operation, _ context: ScriptContext
  ) -> NativeFunction {
    let arity = operation.parameters.count
    let isPlain = operation.parameters.allSatisfy { $0.kind == .tensor && !$0.isOptional }
    guard isPlain, (1...3).contains(arity) else { return general(operation, context) }
    switch operation.body {
    case .primitive:
      guard let op = Catalogue.primitive(operation.name) else {
        return general(operation, context)
      }
      return PrimitiveDispatch.function(operation.name, op, arity: arity, context)
    case .composite(let build): return composite(operation, build, context)
    }
  }

  /// A composite of tensors alone: arguments are still read in place.
  private static func composite(
    _ operation: Operation, _ build: @escaping @Sendable (Arguments) throws -> [Tensor],
    _ context: ScriptContext
  ) -> NativeFunction {
    let arity = operation.parameters.count
    return .fast(operation.name, handles: 4) { call in
      if call.count > arity { throw context.excess(call, arity) }
      let values = try (0..<arity).map { position in
        Arguments.Value.tensor(
          Tensor(graph: context.graph, id: try context.operand(call, position)))
      }
      context.noteOrigin(call.state)
      let results = try build(Arguments(operation.name, context.graph, values))
      if context.isTracing { try context.trace(results, operation.name) }
      for result in results.dropLast() {
        context.graph.retain(result.id)
        call.returnHandle(Int64(result.id), kind: ScriptContext.tensorKind)
      }
      if let last = results.last { try context.give(last.id, to: call) }
    }
  }

  private static func general(
    _ operation: Operation, _ context: ScriptContext
  ) -> NativeFunction {
    let reader = ArgumentReader(operation: operation, context: context)
    let op = Catalogue.primitive(operation.name)
    return .general(operation.name) { call in
      let arguments = try reader.read(call.arguments)
      context.noteOrigin(call.state)
      let results: [Tensor]
      switch operation.body {
      case .composite(let build): results = try build(arguments)
      case .primitive:
        guard let op else { return [] }
        results = [try emit(op, arguments, operation.parameters.count)]
      }
      if context.isTracing { try context.trace(results, operation.name) }
      return results.map(context.handle)
    }
  }

  private static func emit(_ op: OpID, _ arguments: Arguments, _ count: Int) throws -> Tensor {
    let inputs = try (0..<count).map { try arguments.tensor($0).id }
    let id = try arguments.graph.emit(
      op, inputs[0], count > 1 ? inputs[1] : nil, count > 2 ? inputs[2] : nil)
    return Tensor(graph: arguments.graph, id: id)
  }
}
