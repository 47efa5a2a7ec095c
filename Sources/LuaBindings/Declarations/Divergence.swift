import LuaRuntime
import TensorCore

/// An f-divergence that a script declared.
public struct Divergence {
  /// Its parameters, such as alpha.
  public let parameters: [ParameterDeclaration]
  private let f: LuaFunction
  private let scoreFunction: LuaFunction
  private let session: ScriptSession

  /// - Throws: `DeclarationError` where the declaration is no divergence.
  public init(_ declaration: MethodDeclaration, in session: ScriptSession) throws {
    guard declaration.family == .divergence, let f = declaration.function("f"),
      let score = declaration.function("score")
    else {
      throw DeclarationError("expected a divergence, got a \(declaration.family.rawValue)")
    }
    parameters = declaration.parameters
    self.f = f
    scoreFunction = score
    self.session = session
  }

  /// f(u) of density ratios of any shape.
  public func value(
    _ ratio: Tensor, _ values: [String: ParameterValue] = [:]
  ) throws -> Handle {
    try call(f, ratio, values)
  }

  /// f'(exp(log ratio)), up to a constant, of log density ratios of any shape.
  public func score(
    _ logRatio: Tensor, _ values: [String: ParameterValue] = [:]
  ) throws -> Handle {
    try call(scoreFunction, logRatio, values)
  }

  private func call(
    _ function: LuaFunction, _ argument: Tensor, _ values: [String: ParameterValue]
  ) throws -> Handle {
    try session.holding {
      let resolved = ResolvedParameters(parameters, try parameters.resolve(values), session)
      let arguments = [session.value(argument), .table(resolved.table(session.context))]
      let results = try session.lua.call(function, arguments)
      guard let tensor = results.first.flatMap(session.tensor) else {
        throw DeclarationError("the divergence returned no tensor")
      }
      return Handle(tensor)
    }
  }

  /// The score of a divergence that declares `f` alone: its derivative at exp(log ratio).
  static func derivedScore(
    _ declaration: MethodDeclaration, _ context: ScriptContext
  ) -> NativeFunction {
    .general("score") { call in
      guard let f = declaration.function("f"), let logRatio = context.operand(call[0]) else {
        throw call.wrongType(0, expected: "tensor")
      }
      return try context.holding {
        let ratio = try logRatio.apply("exp")
        let isNew = context.graph.track(ratio)
        defer { if isNew { context.graph.untrack(ratio) } }
        let arguments = [context.handle(ratio), context.keptDeep(call[1])]
        let results = try call.state.call(f, arguments)
        guard let value = results.first.flatMap(context.tensor) else {
          throw DeclarationError("divergence: f returned no tensor")
        }
        let ones = try context.graph.full(value.shape, 1, value.dtype)
        let slope = try context.graph.gradient(
          of: value, withRespectTo: [ratio], upstream: ones)
        return [context.handle(slope[0])]
      }
    }
  }
}
