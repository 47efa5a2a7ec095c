import LuaRuntime

/// A learning-rate schedule that a script declared: `rate(step, base, p)`, steps from 0.
public struct ScriptSchedule {
  /// Its parameters; `total_steps` and `warmup_steps` are given by the trainer.
  public let parameters: [ParameterDeclaration]
  private let function: LuaFunction
  private let lua: LuaState

  /// - Throws: `DeclarationError` where the declaration is no schedule.
  public init(_ declaration: MethodDeclaration, in session: ScriptSession) throws {
    try self.init(declaration, session.lua)
  }

  init(_ declaration: MethodDeclaration, _ lua: LuaState) throws {
    guard declaration.family == .schedule, let function = declaration.function("rate") else {
      throw DeclarationError("expected a schedule, got a \(declaration.family.rawValue)")
    }
    parameters = declaration.parameters
    self.function = function
    self.lua = lua
  }

  /// The rates of the first `count` updates, computed once so that training runs no Lua.
  ///
  /// - Parameters:
  ///   - count: how many updates there will be.
  ///   - base: the optimizer's own rate.
  ///   - values: of parameters, by name.
  /// - Returns: one finite, non-negative rate an update.
  /// - Throws: `LuaError` from the script, `DeclarationError` for a rate that is none.
  public func rates(
    _ count: Int, base: Double, _ values: [String: ParameterValue] = [:]
  ) throws -> [Double] {
    let table = try resolve(values)
    return try (0..<count).map { try rate(at: Double($0), base: base, table) }
  }

  private func resolve(_ values: [String: ParameterValue]) throws -> LuaTable {
    let resolved = try parameters.resolve(values)
    var table = LuaTable(className: LossTables.parameterClass)
    for parameter in parameters { table[parameter.name] = resolved[parameter.name]?.lua ?? .nil }
    return table
  }

  private func rate(at step: Double, base: Double, _ table: LuaTable) throws -> Double {
    let results = try lua.call(function, [.number(step), .number(base), .table(table)])
    guard let rate = results.first?.numberValue, rate.isFinite, rate >= 0 else {
      let got = results.first.map { $0.numberValue.map { "\($0)" } ?? $0.typeName } ?? "nothing"
      throw DeclarationError(
        "the schedule must return a rate of at least 0 at step \(Int(step)), got \(got)")
    }
    return rate
  }

  /// A declared schedule called by a script: `schedule(step, base [, params])`.
  static var callFunction: NativeFunction {
    .general("__call") { call in
      let schedule = try ScriptSchedule(MethodDeclaration(call[0]), call.state)
      let table = try schedule.resolve(ParameterValue.named(call[3]))
      return [.number(try schedule.rate(at: call.number(1), base: call.number(2), table))]
    }
  }
}
