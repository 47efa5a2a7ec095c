import ExperimentStore

/// The mean of a metric over the seeds of an arm along the steps, with its interval.
public struct CurveBand: Equatable, Sendable {
  /// Name of the metric.
  public let metric: String
  /// Steps done.
  public let steps: [Double]
  /// Mean over tasks of the mean over seeds.
  public let mean: [Double]
  /// Lower end of Student's interval at each step; the mean where there is one seed.
  public let lower: [Double]
  /// Upper end.
  public let upper: [Double]

  /// Bands of all metrics that the finished cells of an arm have curves of.
  static func bands(_ cells: [CellRecord], level: Double) -> [CurveBand] {
    let finished = cells.filter { $0.status == .finished }
    var order: [String] = []
    for curve in finished.flatMap(\.curves) where !order.contains(curve.metric) {
      order.append(curve.metric)
    }
    return order.compactMap { band($0, finished, level) }
  }

  private static func band(
    _ metric: String, _ cells: [CellRecord], _ level: Double
  ) -> CurveBand? {
    var points: [Double: [String: [Double]]] = [:]
    var runs = 0
    for cell in cells {
      guard let curve = cell.curves.first(where: { $0.metric == metric }) else { continue }
      runs += 1
      for (step, value) in zip(curve.steps, curve.values) where value.isFinite {
        points[step, default: [:]][cell.task ?? "", default: []].append(value)
      }
    }
    // Steps that only some runs have would make the mean jump.
    let steps = points.keys.sorted().filter { step in
      (points[step] ?? [:]).values.map(\.count).reduce(0, +) * 2 > runs
    }
    guard !steps.isEmpty else { return nil }
    let ends = steps.map { step -> (Double, Double, Double) in
      let byTask = points[step] ?? [:]
      let strata = byTask.keys.sorted().compactMap { byTask[$0] }
      let mean = (try? RunAggregate.mean.value(strata)) ?? .nan
      guard strata.allSatisfy({ $0.count > 1 }),
        let interval = try? StratifiedMean(strata).interval(level: level)
      else { return (mean, mean, mean) }
      return (mean, interval.lower, interval.upper)
    }
    return CurveBand(
      metric: metric, steps: steps, mean: ends.map(\.0), lower: ends.map(\.1),
      upper: ends.map(\.2))
  }
}
