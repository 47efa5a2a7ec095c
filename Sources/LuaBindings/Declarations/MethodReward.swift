import LuaRuntime

/// A reward that a script declared, ready to score texts.
public struct MethodReward {
  /// Keeps what `prepare` returned on the Lua side.
  private static let binding = """
    local compute, prepare, p = ...
    local ready
    if prepare then ready = prepare(p) end
    return function(text) return compute(text, p, ready) end
    """

  /// Its parameters, such as the path of a lexicon.
  public let parameters: [ParameterDeclaration]
  private let lua: LuaState
  /// The score as a Lua function of a text, prepared.
  public let scorer: LuaFunction

  /// Resolves the parameters and prepares once.
  ///
  /// - Throws: `DeclarationError` where the declaration is no reward or a parameter is wrong;
  ///   `LuaError` from `prepare`.
  public init(
    _ declaration: MethodDeclaration, _ values: [String: ParameterValue] = [:],
    in session: ScriptSession
  ) throws {
    try self.init(session.lua, declaration, values)
  }

  init(_ lua: LuaState, _ declaration: MethodDeclaration, _ given: LuaTable?) throws {
    var values: [String: ParameterValue] = [:]
    for name in given?.names ?? [] { values[name] = given.flatMap { ParameterValue($0[name]) } }
    try self.init(lua, declaration, values)
  }

  private init(
    _ lua: LuaState, _ declaration: MethodDeclaration, _ values: [String: ParameterValue]
  ) throws {
    guard declaration.family == .reward, let compute = declaration.function("compute") else {
      throw DeclarationError("expected a reward, got a \(declaration.family.rawValue)")
    }
    self.lua = lua
    parameters = declaration.parameters
    let resolved = try parameters.resolve(values)
    var table = LuaTable()
    for parameter in parameters { table[parameter.name] = resolved[parameter.name]?.lua ?? .nil }
    let prepare: LuaValue = declaration.function("prepare").map { .function($0) } ?? .nil
    let results = try lua.run(
      Self.binding, chunkName: "=reward", arguments: [.function(compute), prepare, .table(table)])
    guard let scorer = results.first?.functionValue else {
      throw DeclarationError("the reward could not be prepared")
    }
    self.scorer = scorer
  }

  /// The reward of a text.
  ///
  /// - Throws: `LuaError`, or `DeclarationError` where the script returns no number.
  public func score(_ text: String) throws -> Double {
    let results = try lua.call(scorer, [.string(text)])
    guard let number = results.first?.numberValue else {
      throw DeclarationError(
        "the reward must return a number, got \(results.first?.typeName ?? "nothing")")
    }
    return number
  }
}
