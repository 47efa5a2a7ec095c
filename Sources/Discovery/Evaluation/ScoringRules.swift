import ExperimentStore
import Foundation
import Notation

/// What a score is and how many trials may be spent on one.
public struct ScoringRules: Sendable, Equatable {
  /// The task's metric.
  public var metric = "regularized_value"
  /// False where less is better; scores are then its opposite.
  public var isHigherBetter = true
  /// Settings that every trial has, such as `steps`.
  public var fixed = JSONObject()
  /// Where settings are looked for.
  public var tuning = TuningSpace(
    axes: [
      TuningSpace.Axis("beta", 0.01...3), TuningSpace.Axis("learning_rate", 0.003...0.1),
    ], points: 10, refinements: 6)
  /// Seeds that the best points are compared on.
  public var tuningSeeds = 4
  /// How many of the best points are compared.
  public var contenders = 3
  /// Seeds that a score is made of, half of them only where the first half is promising.
  public var validationSeeds = 8
  /// How far below the baseline's, on the same seed, the best of the first points may be.
  public var screenMargin = 0.15
  /// Share of screened candidates that go on nonetheless, to see what screening loses.
  public var auditShare = 0.05

  /// Rules with defaults.
  public init() {}

  /// The lower end of the one-sided 90 % interval of a mean.
  public static func lowerBound(_ scores: [Double]) -> Double? {
    guard scores.count > 1, let mean = try? Descriptive.mean(scores),
      let error = try? Descriptive.standardError(scores),
      let quantile = try? StudentT.quantile(0.9, degrees: Double(scores.count - 1))
    else { return nil }
    return mean - quantile * error
  }

  /// The upper end of it.
  static func upperBound(_ scores: [Double]) -> Double? {
    lowerBound(scores.map { -$0 }).map { -$0 }
  }

  /// As records keep them.
  public var json: JSONObject {
    [
      "metric": .string(metric), "is_higher_better": .bool(isHigherBetter),
      "fixed": .object(fixed),
      "tune": .object(
        JSONObject(
          tuning.axes.map { axis in
            (axis.name, [.number(axis.range.lowerBound), .number(axis.range.upperBound)])
          })),
      "points": .integer(Int64(tuning.points)),
      "refinements": .integer(Int64(tuning.refinements)),
      "tuning_seeds": .integer(Int64(tuningSeeds)),
      "contenders": .integer(Int64(contenders)),
      "validation_seeds": .integer(Int64(validationSeeds)),
      "screen_margin": .number(screenMargin), "audit_share": .number(auditShare),
    ]
  }
}
