import LuaBindings
import LuaRuntime
import TensorCore

/// A fresh Lua state and graph for one evaluation of code that nobody has read.
public final class CandidateBench {
  /// The state: the candidate profile, and a budget from the moment it is given.
  public let session: ScriptSession
  /// The name of the source in errors.
  public static let chunkName = "@candidate.lua"

  /// Opens a state; nothing is counted yet.
  init() throws {
    session = try ScriptSession(LuaState.Options(profile: .candidate))
  }

  /// From here on the budget counts, and random numbers are those of the seed.
  func begin(_ budget: Budget, seed: UInt64) throws {
    try session.seed(seed)
    session.limit(to: budget)
  }

  /// Runs a source.
  ///
  /// - Returns: what it returns.
  /// - Throws: `LuaError` with the line.
  public func run(_ source: String) throws -> [LuaValue] {
    try session.lua.run(source, chunkName: Self.chunkName)
  }

  /// The loss or preference model that a source declares.
  ///
  /// - Throws: `LuaError` where the source fails; `DeclarationError` where it returns none.
  public func loss(_ source: String) throws -> MethodLoss {
    let value = try run(source).first ?? .nil
    return try MethodLoss(MethodDeclaration(value), name: "candidate", in: session)
  }

  /// Charges bytes of what will be sent to the parent.
  ///
  /// - Throws: `EvaluationFailure` where the budget has too few.
  public func chargeOutput(_ bytes: Int) throws {
    guard session.lua.control.charge(.output, bytes) else {
      throw EvaluationFailure(
        .budget, "budget spent: an answer of \(bytes) bytes", resource: .output)
    }
  }
}
