import ExperimentStore
import Notation

/// How much of the variance of all scores goes with one source: a factor, the task, the seed.
public struct VarianceShare: Equatable, Sendable {
  /// What kind of source.
  public enum Kind: String, Sendable {
    /// Something varied on purpose, by its marginal means.
    case factor
    /// What arms differ in beyond the sum of the factors.
    case interactions
    /// Differences of tasks.
    case task
    /// What all arms share under one seed.
    case seed
    /// The rest.
    case residual
  }

  /// What the source is called.
  public let name: String
  /// Its kind.
  public let kind: Kind
  /// Sum of squares over that of all scores, in [0, 1].
  public let share: Double

  private struct Score {
    var value: Double
    var arm: Int
    var task: String
    var seed: UInt64
  }

  /// Splits the sum of squares of all scores by marginal means.
  ///
  /// Exact for complete grids with common seeds; otherwise factors overlap and shares are
  /// approximate.
  ///
  /// - Parameters:
  ///   - plan: Its factors.
  ///   - arms: Their scores.
  /// - Returns: Factors first, the largest share first; empty where nothing varies.
  static func decompose(_ plan: ExperimentPlan, _ arms: [ArmSummary]) -> [VarianceShare] {
    let scores = arms.enumerated().flatMap { place, arm in
      arm.scores.tasks.indices.flatMap { task in
        zip(arm.scores.seeds[task], arm.scores.values[task]).map { seed, value in
          Score(value: value, arm: place, task: arm.scores.tasks[task], seed: seed)
        }
      }
    }
    let total = between(scores) { "\($0.arm) \($0.task) \($0.seed)" }
    guard total > 0 else { return [] }
    let betweenArms = between(scores) { "\($0.arm)" }
    let factors = plan.factors.filter { $0.values.count > 1 }.map { factor in
      let levels = arms.map { $0.arm.settings[factor.name]?.compactText ?? "" }
      return VarianceShare(
        name: factor.name, kind: .factor,
        share: between(scores) { levels[$0.arm] } / total)
    }
    let sorted = factors.enumerated().sorted {
      ($1.element.share, $0.offset) < ($0.element.share, $1.offset)
    }.map(\.element)
    let explained = factors.map(\.share).reduce(0, +)
    let task = between(scores) { $0.task } / total
    let seed = max(0, between(scores) { "\($0.task) \($0.seed)" } / total - task)
    let interactions = max(0, betweenArms / total - explained)
    let rest = max(0, 1 - max(explained, betweenArms / total) - task - seed)
    let others = [
      VarianceShare(name: "interactions of factors", kind: .interactions, share: interactions),
      VarianceShare(name: "task", kind: .task, share: task),
      VarianceShare(name: "seed, shared by all arms", kind: .seed, share: seed),
      VarianceShare(name: "seed, of one arm alone", kind: .residual, share: rest),
    ]
    return sorted + others.filter { $0.share > 1e-12 }
  }

  private static func between(_ scores: [Score], _ key: (Score) -> String) -> Double {
    guard let mean = try? Descriptive.mean(scores.map(\.value)) else { return 0 }
    let groups = Dictionary(grouping: scores, by: key)
    return Descriptive.sum(
      groups.keys.sorted().map { name in
        let values = (groups[name] ?? []).map(\.value)
        let distance = Descriptive.sum(values) / Double(values.count) - mean
        return Double(values.count) * distance * distance
      })
  }
}
