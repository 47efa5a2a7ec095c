import LuaRuntime
import TensorCore

/// A divergence that a script declared.
public struct Divergence {
  /// Its parameters, such as alpha.
  public let parameters: [ParameterDeclaration]
  private let declaration: MethodDeclaration
  private let session: ScriptSession

  /// - Throws: `DeclarationError` where the declaration is no divergence.
  public init(_ declaration: MethodDeclaration, in session: ScriptSession) throws {
    guard declaration.family == .divergence else {
      throw DeclarationError("expected a divergence, got a \(declaration.family.rawValue)")
    }
    parameters = declaration.parameters
    self.declaration = declaration
    self.session = session
  }

  /// Whether it is an f-divergence, from whose `f` the rest follows.
  public var isGeneratedByF: Bool { declaration.function("f") != nil }

  /// f(u) of density ratios of any shape.
  public func value(
    _ ratio: Tensor, _ values: [String: ParameterValue] = [:]
  ) throws -> Handle {
    try tensor("f", [ratio], values)
  }

  /// f'(exp(log ratio)), up to a constant, of log density ratios of any shape.
  public func score(
    _ logRatio: Tensor, _ values: [String: ParameterValue] = [:]
  ) throws -> Handle {
    try tensor("score", [logRatio], values)
  }

  /// The log density ratio at which the score has given values, of any shape.
  public func inverse(
    _ score: Tensor, _ values: [String: ParameterValue] = [:]
  ) throws -> Handle {
    try tensor("inverse", [score], values)
  }

  /// The divergence of two distributions given by log-probabilities [..., class].
  public func between(
    _ logP: Tensor, _ logQ: Tensor, _ values: [String: ParameterValue] = [:]
  ) throws -> Handle {
    try tensor("between", [logP, logQ], values)
  }

  /// Whether f'(0+) is minus infinity, so that the optimum under it is positive everywhere.
  public func isSteep(_ values: [String: ParameterValue] = [:]) throws -> Bool {
    try call("is_steep", [], values).first == .boolean(true)
  }

  /// The distribution that maximises E_pi[reward] - beta D(pi || reference).
  ///
  /// - Parameters:
  ///   - reward: one an action.
  ///   - reference: probabilities, one an action, all above 0.
  ///   - beta: weight of the divergence, above 0.
  ///   - values: of its parameters.
  /// - Returns: probabilities, one an action.
  /// - Throws: `DeclarationError` where the divergence has no `f`.
  public func optimum(
    reward: [Double], reference: [Double], beta: Double, _ values: [String: ParameterValue] = [:]
  ) throws -> [Double] {
    let problem = TabularOptimum.Problem(reward: reward, reference: reference, beta: beta)
    let origin = try score(Handle(session.graph.tensor([0.0])).tensor, values).tensor.item()
    return try TabularOptimum.solve(problem, origin: origin, session.graph) { scores in
      try inverse(scores, values)
    }
  }

  /// f(u), or the score of log u, at parameters that are given as inputs: for recording.
  public func record(
    _ argument: Tensor, score isScore: Bool, _ resolved: ResolvedParameters
  ) throws -> Handle {
    let name = isScore ? "score" : "f"
    guard let tensor = try call(name, [argument], resolved).first.flatMap(session.tensor) else {
      throw DeclarationError("the divergence's \(name) returned no tensor")
    }
    return Handle(tensor)
  }

  private func tensor(
    _ name: String, _ arguments: [Tensor], _ values: [String: ParameterValue]
  ) throws -> Handle {
    let results = try call(name, arguments, values)
    guard let tensor = results.first.flatMap(session.tensor) else {
      throw DeclarationError("the divergence's \(name) returned no tensor")
    }
    return Handle(tensor)
  }

  private func call(
    _ name: String, _ arguments: [Tensor], _ values: [String: ParameterValue]
  ) throws -> [LuaValue] {
    let resolved = ResolvedParameters(parameters, try parameters.resolve(values), session)
    return try call(name, arguments, resolved)
  }

  private func call(
    _ name: String, _ arguments: [Tensor], _ resolved: ResolvedParameters
  ) throws -> [LuaValue] {
    guard let function = declaration.function(name) else {
      throw DeclarationError("the divergence has no \(name), as it is not given by an f")
    }
    return try session.holding {
      let given = arguments.map(session.value) + [.table(resolved.table(session.context))]
      return try session.lua.call(function, given)
    }
  }
}
