import Notation

/// An estimate with a confidence interval.
public struct ConfidenceInterval: Equatable, Sendable {
  /// The statistic of the data itself.
  public var estimate: Double
  /// Lower end.
  public var lower: Double
  /// Upper end.
  public var upper: Double
  /// Share of repeated experiments whose interval covers the truth, such as 0.95.
  public var level: Double
  /// Number of resamples behind it; 0 for an interval that is computed from a formula.
  public var resamples: Int

  /// Whether zero lies outside.
  public var excludesZero: Bool { lower > 0 || upper < 0 }

  /// Whether a value lies between the ends, both included.
  public func covers(_ value: Double) -> Bool {
    lower <= value && value <= upper
  }

  /// As a run records it.
  public var record: JSONValue {
    [
      "estimate": .number(estimate), "lower": .number(lower), "upper": .number(upper),
      "level": .number(level), "resamples": .integer(Int64(resamples)),
    ]
  }
}

/// Percentile bootstrap (Efron 1979), reproducible from its seed.
///
/// Too narrow for few units: of 5 normal values, a 95 % interval covers the mean 84 % of the time,
/// of 10, 89 %.
public struct Bootstrap: Equatable, Sendable {
  /// Seed of the resampling, independent of every seed of training.
  public var seed: UInt64
  /// Number of resamples.
  public var resamples: Int
  /// Coverage aimed at, in (0, 1).
  public var level: Double

  /// Makes a bootstrap.
  public init(seed: UInt64 = 1, resamples: Int = 10_000, level: Double = 0.95) {
    (self.seed, self.resamples, self.level) = (seed, resamples, level)
  }

  /// Interval of the mean of independent values.
  ///
  /// - Parameter values: At least two values.
  /// - Returns: The interval.
  /// - Throws: `StoreError.statistics` when there are too few values.
  public func mean(_ values: [Double]) throws -> ConfidenceInterval {
    guard values.count > 1 else {
      throw StoreError.statistics("a bootstrap needs at least 2 values, not \(values.count)")
    }
    return try interval(estimate: try Descriptive.mean(values)) { generator in
      var sum = 0.0
      for _ in values { sum += values[generator.index(below: values.count)] }
      return sum / Double(values.count)
    }
  }

  /// Interval of the mean difference of paired values, such as two losses on the same seeds.
  ///
  /// - Parameters:
  ///   - first: Values of one arm.
  ///   - second: Values of the other arm, in the same order.
  /// - Returns: The interval of mean(first − second).
  /// - Throws: `StoreError.statistics` when the counts differ or are below two.
  public func pairedDifference(
    _ first: [Double], _ second: [Double]
  ) throws -> ConfidenceInterval {
    guard first.count == second.count else {
      throw StoreError.statistics(
        "paired arms have as many values each, not \(first.count) and \(second.count)")
    }
    return try mean(zip(first, second).map { $0 - $1 })
  }

  /// Percentile interval of a statistic that is drawn anew for each resample; a draw that cannot
  /// be computed gives nil and is drawn again.
  func interval(
    estimate: Double, draw: (inout ResamplingGenerator) -> Double?
  ) throws -> ConfidenceInterval {
    guard resamples > 0, level > 0, level < 1 else {
      throw StoreError.statistics(
        "a bootstrap needs resamples > 0 and a level in (0, 1), not \(resamples) and \(level)")
    }
    var generator = ResamplingGenerator(seed: seed)
    var draws: [Double] = []
    var failures = 0
    while draws.count < resamples {
      if let value = draw(&generator) { draws.append(value) } else { failures += 1 }
      guard failures <= 100 * resamples else {
        throw StoreError.statistics("hardly any resample holds an observation")
      }
    }
    return try BootstrapDistribution(estimate: estimate, draws: draws).interval(level: level)
  }
}
