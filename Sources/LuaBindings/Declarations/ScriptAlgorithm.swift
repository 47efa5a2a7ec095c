import LuaRuntime
import TensorCore

/// A method that trains in rounds, as a script declared it: what happens between compiled steps.
public struct ScriptAlgorithm {
  /// In order of their names.
  public let parameters: [ParameterDeclaration]
  private let name: String
  private let run: LuaFunction
  private let lua: LuaState

  /// - Throws: `DeclarationError` where the declaration is no algorithm.
  public init(
    _ declaration: MethodDeclaration, name: String, in session: ScriptSession
  ) throws {
    guard declaration.family == .algorithm, let run = declaration.function("run") else {
      throw DeclarationError(
        "\(name): expected an algorithm, got a \(declaration.family.rawValue)")
    }
    parameters = declaration.parameters
    self.name = name
    self.run = run
    lua = session.lua
  }

  /// Runs the script, which calls the job.
  ///
  /// - Parameters:
  ///   - job: what trains, samples and judges.
  ///   - given: values of parameters, plain numbers to the script; the others have their defaults.
  /// - Throws: `LuaError` at the script's line; `DeclarationError` for a bad value.
  public func run(_ job: LuaValue, _ given: [String: ParameterValue]) throws {
    let values = try parameters.resolve(given)
    var table = LuaTable(className: LossTables.parameterClass)
    for parameter in parameters { table[parameter.name] = values[parameter.name]?.lua ?? .nil }
    _ = try lua.call(run, [job, .table(table)])
  }
}
