import ExperimentStore
import Notation

/// The deciding metric over the values of two factors, averaged over all others.
public struct FactorGrid: Equatable, Sendable {
  /// The factor down the rows.
  public let rows: ExperimentPlan.Factor
  /// The factor across the columns.
  public let columns: ExperimentPlan.Factor
  /// Mean of each combination, row by row; nil where no arm has it.
  public let means: [[Double?]]

  /// The grid of the two factors that matter most; nil with fewer than two that vary.
  ///
  /// - Parameter analysis: An experiment.
  public init?(_ analysis: ExperimentAnalysis) {
    let order = analysis.importance.filter { $0.kind == .factor }.map(\.name)
    let factors = order.prefix(2).compactMap { name in
      analysis.plan.factors.first { $0.name == name }
    }
    guard factors.count == 2 else { return nil }
    // Names go down, where there is room for them; numbers go across.
    let isNumeric = factors.map { $0.values.allSatisfy { $0.double != nil } }
    let isSwapped = isNumeric[0] && !isNumeric[1]
    let (rows, columns) = isSwapped ? (factors[1], factors[0]) : (factors[0], factors[1])
    (self.rows, self.columns) = (rows, columns)
    means = rows.values.map { row in
      columns.values.map { column in
        let own = analysis.arms.filter {
          $0.arm.settings[rows.name] == row && $0.arm.settings[columns.name] == column
        }
        return try? Descriptive.mean(own.map(\.mean))
      }
    }
  }
}

/// Arms by two metrics, and which of them nobody beats in both.
public struct Frontier: Equatable, Sendable {
  /// One arm.
  public struct Point: Equatable, Sendable {
    /// Its name.
    public let arm: String
    /// Mean of the first metric.
    public let x: Double
    /// Mean of the second metric.
    public let y: Double
    /// Whether no other arm is better in one metric and at least as good in the other.
    public let isOptimal: Bool
  }

  /// The metric across.
  public let x: ExperimentPlan.Metric
  /// The metric upwards.
  public let y: ExperimentPlan.Metric
  /// The arms in the plan's order.
  public let points: [Point]

  /// The trade-off of the first metric to be kept small and the first other one to be made large,
  /// a reward rather than the metric that weighs both; nil where all metrics pull one way.
  ///
  /// - Parameter analysis: An experiment.
  public init?(_ analysis: ExperimentAnalysis) {
    let (metrics, plan) = (analysis.metrics, analysis.plan)
    guard let cost = metrics.first(where: { !$0.maximize }) else { return nil }
    let gains = metrics.filter { $0.maximize && $0.name != cost.name }
    let reward = gains.first { $0.name.contains("reward") && $0.name != plan.metric }
    guard let gain = reward ?? gains.first(where: { $0.name != plan.metric }) ?? gains.first else {
      return nil
    }
    let places = analysis.arms.compactMap { arm -> (String, Double, Double)? in
      guard let x = arm.results.first(where: { $0.metric.name == cost.name })?.mean,
        let y = arm.results.first(where: { $0.metric.name == gain.name })?.mean
      else { return nil }
      return (arm.name, x, y)
    }
    guard places.count > 1 else { return nil }
    (x, y) = (cost, gain)
    points = places.map { own in
      let isBeaten = places.contains { other in
        other.1 <= own.1 && other.2 >= own.2 && (other.1 < own.1 || other.2 > own.2)
      }
      return Point(arm: own.0, x: own.1, y: own.2, isOptimal: !isBeaten)
    }
  }
}
