import LuaRuntime
import TensorCore

/// `pg.jit(f)`: the function, recorded once for each structure, shapes and types of arguments,
/// and then run as a compiled plan without Lua.
final class JitFunction {
  /// Results of the quick way, which has neither tables nor more results.
  static let flatResults = 4
  /// Recordings kept; the oldest goes first.
  private static let limit = 32

  private let function: LuaFunction
  private let context: ScriptContext
  private var recordings: [(key: String, call: CapturedCall)] = []

  private init(_ function: LuaFunction, _ context: ScriptContext) {
    self.function = function
    self.context = context
  }

  /// `pg.jit(f [, { dynamic = }])`.
  static func function(_ context: ScriptContext) -> NativeFunction {
    .general("jit") { call in
      let function = try call.function(0)
      let options = call[1].tableValue ?? LuaTable()
      try CreationOptions.check(options, "jit", ["dynamic"])
      if options["dynamic"] == .boolean(true) { return [.function(function)] }
      let compiled = JitFunction(function, context)
      let native = NativeFunction.fast(
        "jit", handles: flatResults, otherwise: { try compiled.call($0) }
      ) { inner in
        guard try compiled.run(inner) else { throw LuaTryGeneral() }
      }
      return [.function(try call.state.function(native))]
    }
  }

  /// Runs a recording made for such arguments; false where there is none or Lua must run.
  private func run(_ call: LuaFastCall) throws -> Bool {
    if context.capture != nil { return false }
    for recording in recordings where call.state.hasCaptured(recording.call.guards, in: function) {
      if try recording.call.run(call) { return true }
    }
    return false
  }

  private func call(_ call: LuaCall) throws -> [LuaValue] {
    if context.capture != nil {
      // Within another recording the function is part of it.
      return try call.state.call(function, call.arguments.map(context.keptDeep))
        .map(context.keptDeep)
    }
    let key = try call.arguments.map { try Self.describe($0, context) }.joined(separator: ",")
    let guards = call.state.capturedScalars(of: function)
    if let known = recordings.first(where: { $0.key == key && $0.call.guards == guards }) {
      return try known.call.run(call.arguments)
    }
    let recorded = try CapturedCall(function, call.arguments, call.state, context)
    if recordings.count >= Self.limit { recordings.removeFirst() }
    recordings.append((key, recorded))
    return try recorded.run(call.arguments)
  }

  /// Equal for two arguments exactly if one recording serves both.
  private static func describe(_ value: LuaValue, _ context: ScriptContext) throws -> String {
    if let tensor = context.tensor(value) { return "\(tensor.dtype.name)\(tensor.shape)" }
    switch value {
    case .number: return "number"
    case .integer(let integer): return "\(integer)"
    case .boolean(let flag): return "\(flag)"
    case .string(let text): return "\"\(text)\""
    case .nil: return "nil"
    case .table(let table):
      let items = try table.items.map { try describe($0, context) }
      let fields = try table.fields.map {
        "\(try describe($0.key, context))=\(try describe($0.value, context))"
      }
      return "{" + (items + fields).joined(separator: ",") + "}"
    case .bytes, .function, .opaque, .handle:
      throw TensorError("jit", "a \(value.typeName) cannot be an argument of a recorded function")
    }
  }
}
