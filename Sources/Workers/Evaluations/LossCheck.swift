import LuaBindings
import LuaRuntime
import TensorCore

/// Whether a source declares a loss, and what it declares.
public struct LossCheck: Evaluation {
  /// The name on the pipe.
  public static let kind = "check"

  /// Lua source that returns a declaration.
  public var source: String

  /// A check of a source.
  public init(source: String) { self.source = source }

  /// What the source declares.
  public struct Answer: Codable, Sendable, Equatable {
    /// `loss`, `preference_model`, `divergence`, ...
    public var family: String
    /// What a row of the batch is; nil for declarations that are given no batch.
    public var kind: String?
    /// `example` or `batch`.
    public var reduction: String?
    /// Names of the parameters, sorted.
    public var parameters: [String]
    /// Names of the state kept across batches, sorted.
    public var state: [String]
    /// Whether completions under other prompts are needed.
    public var needsMismatched: Bool
  }

  /// Does it, in the worker.
  public func answer(on bench: CandidateBench) throws -> Answer {
    let declaration = try MethodDeclaration(bench.run(source).first ?? .nil)
    var answer = Answer(
      family: declaration.family.rawValue, parameters: declaration.parameters.map(\.name),
      state: [], needsMismatched: false)
    if declaration.family == .loss || declaration.family == .preferenceModel {
      let loss = try MethodLoss(declaration, name: "candidate", in: bench.session)
      answer.kind = loss.contract.kind.rawValue
      answer.reduction = loss.contract.reduction.rawValue
      answer.state = loss.contract.state.map(\.name)
      answer.needsMismatched = loss.contract.needs.mismatched
    }
    return answer
  }

  /// What is wrong with an answer, or nil.
  public func objection(to answer: Answer) -> String? {
    guard MethodDeclaration.Family(rawValue: answer.family) != nil else {
      return "a declaration called \"\(answer.family.prefix(40))\""
    }
    if let kind = answer.kind, LossContract.Kind(rawValue: kind) == nil {
      return "a kind called \"\(kind.prefix(40))\""
    }
    return nil
  }
}
