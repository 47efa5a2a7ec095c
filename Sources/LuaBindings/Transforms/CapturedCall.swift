import LuaRuntime
import TensorCore

/// One recording of a function: a plan, the leaves its arguments are copied into, and the shape
/// of what it returns.
final class CapturedCall {
  /// Scalar variables the function had captured when it was recorded.
  let guards: [LuaUpvalue]
  private let plan: Plan
  private let inputs: [Handle]
  private let numbers: [Handle]
  private let step: Handle
  private let results: [LuaValue]
  private let context: ScriptContext
  private var runs = 0.0

  /// Records a function twice and compiles it, if both recordings are the same.
  ///
  /// - Throws: `TensorError` for a function that changes what it captured or computes something
  ///   else each time; `LuaError` where it fails.
  init(
    _ function: LuaFunction, _ arguments: [LuaValue], _ lua: LuaState, _ context: ScriptContext
  ) throws {
    self.context = context
    let graph = context.graph
    let leaves = arguments.flatMap { TensorTree.leaves($0, context) }
    try graph.requireMemory(Self.bytes(leaves), for: "jit")
    inputs = leaves.map { Handle(graph.empty($0.shape, $0.dtype)) }
    numbers = arguments.compactMap(Self.real).map { Handle(graph.hyperparameter($0)) }
    step = Handle(graph.hyperparameter(0))
    guards = try Self.scalars(lua.upvalues(of: function))
    let recorder = Recorder(
      function: function, arguments: arguments, lua: lua, context: context,
      inputs: inputs.map(\.tensor), numbers: numbers.map(\.tensor), step: step.tensor)
    let draws = context.draws
    let first = try recorder.record()
    let after = context.draws
    try Self.requireUnchanged(guards, Self.scalars(lua.upvalues(of: function)))
    context.draws = draws
    let second = try recorder.record()
    context.draws = after
    guard first.plan.isSame(as: second.plan) else {
      throw TensorError(
        "jit",
        "the function computes something else at each call; what changes must be an "
          + "argument, or pass dynamic = true to run it in Lua each time")
    }
    plan = first.plan
    results = first.results
  }

  /// Copies the arguments in, runs the plan, copies the results out.
  func run(_ arguments: [LuaValue]) throws -> [LuaValue] {
    let graph = context.graph
    let given = arguments.flatMap { TensorTree.leaves($0, context) }
    try context.holding {
      try graph.realize(given)
      for (input, tensor) in zip(inputs, given) { try input.tensor.copy(from: tensor) }
    }
    for (number, value) in zip(numbers, arguments.compactMap(Self.real)) {
      graph.set(number.tensor, to: value)
    }
    runs += 1
    graph.set(step.tensor, to: runs)
    try plan.run()
    try graph.requireMemory(Self.bytes(plan.outputs), for: "jit")
    var copies = try plan.outputs.map { output -> Tensor in
      let copy = graph.empty(output.shape, output.dtype)
      try copy.copy(from: output)
      return copy
    }[...]
    context.reportBytes()
    return results.map { Self.fill($0, &copies, context) }
  }

  private static func bytes(_ tensors: [Tensor]) -> Int {
    tensors.reduce(0) { $0 + $1.shape.count * $1.dtype.size }
  }

  /// A real argument, which becomes an input of the plan; integers are part of its key.
  static func real(_ value: LuaValue) -> Double? {
    if case .number(let number) = value { number } else { nil }
  }

  /// Captured variables that are plain values; what they hold is baked into a recording.
  static func scalars(_ upvalues: [LuaUpvalue]) -> [LuaUpvalue] {
    upvalues.filter { upvalue in
      switch upvalue.value {
      case .boolean, .integer, .number, .string: true
      default: false
      }
    }
  }

  private static func requireUnchanged(
    _ before: [LuaUpvalue], _ after: [LuaUpvalue]
  ) throws {
    for (old, new) in zip(before, after) where old != new {
      throw TensorError(
        "jit",
        "the function changes its upvalue '\(old.name)', which a recording would do once; "
          + "return the new value instead, or pass dynamic = true")
    }
  }

  /// A result of the recording, around the tensors of a run. Marks stand for tensors.
  private static func fill(
    _ value: LuaValue, _ tensors: inout ArraySlice<Tensor>, _ context: ScriptContext
  ) -> LuaValue {
    if value == Recorder.mark { return tensors.popFirst().map(context.handle) ?? .nil }
    guard var table = value.tableValue else { return value }
    table.items = table.items.map { fill($0, &tensors, context) }
    table.fields = table.fields.map {
      LuaField(key: $0.key, value: fill($0.value, &tensors, context))
    }
    return .table(table)
  }
}

/// Calls a function with leaves in place of its arguments.
private struct Recorder {
  /// Stands where a tensor was in a recorded result; not text that a script would return.
  static let mark = LuaValue.bytes([0xFF] + Array("recorded tensor".utf8) + [0xFF])

  let function: LuaFunction
  let arguments: [LuaValue]
  let lua: LuaState
  let context: ScriptContext
  let inputs: [Tensor]
  let numbers: [Tensor]
  let step: Tensor

  func record() throws -> (plan: Plan, results: [LuaValue]) {
    let outer = context.capture
    context.capture = ScriptContext.Capture(name: "jit", step: step)
    defer { context.capture = outer }
    return try context.holding {
      var leaves = inputs[...]
      var scalars = numbers[...]
      let given = arguments.map { value -> LuaValue in
        if CapturedCall.real(value) != nil {
          return scalars.popFirst().map(context.handle) ?? value
        }
        return TensorTree.rebuild(value, &leaves, context)
      }
      let results = try lua.call(function, given)
      let outputs = results.flatMap { TensorTree.leaves($0, context) }
      guard !outputs.isEmpty else {
        throw TensorError("jit", "the function must return at least one tensor")
      }
      return (try context.graph.compile(outputs: outputs), results.map(marked))
    }
  }

  private func marked(_ value: LuaValue) -> LuaValue {
    if context.tensor(value) != nil { return Self.mark }
    guard var table = value.tableValue else { return value }
    table.items = table.items.map(marked)
    table.fields = table.fields.map { LuaField(key: $0.key, value: marked($0.value)) }
    return .table(table)
  }
}

extension Tensor {
  /// Takes on the numbers of a realized tensor of the same shape and type.
  fileprivate func copy(from source: Tensor) throws {
    try source.withMutableBytes { from in
      try withMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(from)) }
    }
  }
}
