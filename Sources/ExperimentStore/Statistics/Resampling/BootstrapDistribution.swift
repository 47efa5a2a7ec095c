/// The resampled values of a statistic: intervals of any level come from one set of resamples.
public struct BootstrapDistribution: Equatable, Sendable {
  /// The statistic of the data itself.
  public let estimate: Double
  /// The statistic of each resample, in ascending order.
  public let draws: [Double]

  /// Sorts the statistics of resamples.
  init(estimate: Double, draws: [Double]) {
    (self.estimate, self.draws) = (estimate, draws.sorted())
  }

  /// The percentile interval.
  ///
  /// - Parameter level: Coverage aimed at, in (0, 1).
  /// - Returns: The interval.
  /// - Throws: `StoreError.statistics` for another level, or when a draw is NaN.
  public func interval(level: Double) throws -> ConfidenceInterval {
    guard level > 0, level < 1 else {
      throw StoreError.statistics("an interval's level is in (0, 1), not \(level)")
    }
    let tail = (1 - level) / 2
    return ConfidenceInterval(
      estimate: estimate, lower: try Descriptive.quantile(tail, ofSorted: draws),
      upper: try Descriptive.quantile(1 - tail, ofSorted: draws), level: level,
      resamples: draws.count)
  }
}
