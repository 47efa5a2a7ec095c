import LuaBindings
import Notation

/// A task that answers a trial with numbers: same request, same numbers, on any worker.
public protocol TrialTask: Sendable {
  /// Everything that decides its results, canonical: hashed into a cell, printed in reports.
  /// `TrialTasks.make` rebuilds the task from it in another process.
  var specification: JSONObject { get }
  /// What it reports, in this order.
  var metrics: [TrialMetric] { get }
  /// The keys of a configuration it understands beside those of the loss chosen.
  var settings: [TrialSetting] { get }
  /// Runs one trial.
  ///
  /// - Parameters:
  ///   - request: what is tried, under which seed.
  ///   - session: a Lua state and its graph, under whatever limits its owner set. Plans compiled
  ///     in one trial serve later trials of the same state.
  /// - Returns: the metrics, also where training diverged.
  /// - Throws: `LuaError` and `DeclarationError` for a loss that fails or does not fit.
  func run(_ request: TrialRequest, in session: ScriptSession) throws -> TrialOutcome
}

/// A number that a task reports of a trial.
public struct TrialMetric: Sendable, Hashable {
  /// As ablations and reports spell it, such as `expected_reward`.
  public let name: String
  /// One line.
  public let summary: String
  /// Whether more is better; false where less is.
  public let isHigherBetter: Bool
  /// What the reference policy scores: the score of a trial that failed.
  public let referenceValue: Double
  /// The best there can be, where it is known.
  public let optimum: Double?

  /// Describes a metric.
  public init(
    _ name: String, _ summary: String, isHigherBetter: Bool = true, referenceValue: Double,
    optimum: Double? = nil
  ) {
    self.optimum = optimum
    self.name = name
    self.summary = summary
    self.isHigherBetter = isHigherBetter
    self.referenceValue = referenceValue
  }
}

/// A key of a trial's configuration.
public struct TrialSetting: Sendable, Equatable {
  /// Name, type, default, and where a search should look.
  public let declaration: ParameterDeclaration
  /// One line.
  public let summary: String

  /// Describes a key.
  public init(_ declaration: ParameterDeclaration, _ summary: String) {
    self.declaration = declaration
    self.summary = summary
  }
}
