/// One number for the runs of an arm: seeds within tasks.
///
/// A stratum is the list of one task's values, one a seed.
public enum RunAggregate: String, CaseIterable, Sendable {
  /// The mean over tasks of the mean over seeds.
  case mean
  /// The median of all runs.
  case median
  /// The mean of the middle half of all runs (Agarwal et al. 2021): a quarter, rounded down, is
  /// left out at each end.
  case interquartileMean = "interquartile_mean"

  /// The number.
  ///
  /// - Parameter strata: Values of each task, none empty.
  /// - Returns: The aggregate.
  /// - Throws: `StoreError.statistics` without values.
  public func value(_ strata: [[Double]]) throws -> Double {
    switch self {
    case .mean: return try Descriptive.mean(try strata.map(Descriptive.mean))
    case .median: return try Descriptive.quantile(0.5, of: strata.flatMap { $0 })
    case .interquartileMean:
      let sorted = strata.flatMap { $0 }.sorted()
      let cut = sorted.count / 4
      return try Descriptive.mean(Array(sorted.dropFirst(cut).dropLast(cut)))
    }
  }

  /// What to know about the number when there are few runs; nil when there is nothing to say.
  ///
  /// - Parameter count: How many runs there are in all.
  /// - Returns: A sentence, or nil.
  public func warning(count: Int) -> String? {
    guard self == .interquartileMean, count < 4 else { return nil }
    return "the interquartile mean of \(count) value\(count == 1 ? "" : "s") trims nothing: "
      + "it is the mean"
  }
}

/// How far an arm stays behind a score that counts as solved.
public enum OptimalityGap {
  /// The mean shortfall over all runs; what exceeds the optimum earns nothing.
  ///
  /// - Parameters:
  ///   - strata: Values of each task, all tasks with as many seeds; higher is better.
  ///   - optimum: The score at which there is no gap.
  /// - Returns: At least 0.
  /// - Throws: `StoreError.statistics` without values.
  public static func value(_ strata: [[Double]], optimum: Double) throws -> Double {
    optimum - (try Descriptive.mean(strata.flatMap { $0 }.map { min($0, optimum) }))
  }
}

/// Shares of runs above thresholds: the whole distribution instead of one number
/// (Dolan and Moré 2002).
public enum PerformanceProfile {
  /// The share of runs whose score is above each threshold, averaged over tasks.
  ///
  /// - Parameters:
  ///   - strata: Values of each task.
  ///   - thresholds: In any order.
  /// - Returns: One share a threshold, in [0, 1].
  /// - Throws: `StoreError.statistics` without values.
  public static func shares(_ strata: [[Double]], above thresholds: [Double]) throws -> [Double] {
    guard !strata.isEmpty, !strata.contains(where: \.isEmpty) else {
      throw StoreError.statistics("a performance profile of no values")
    }
    return thresholds.map { threshold in
      let shares = strata.map { values in
        Double(values.count { $0 > threshold }) / Double(values.count)
      }
      return Descriptive.sum(shares) / Double(shares.count)
    }
  }

  /// The same with a pointwise interval at each threshold.
  ///
  /// - Parameters:
  ///   - strata: Values of each task, two or more in one of them.
  ///   - thresholds: In any order.
  ///   - bootstrap: How to resample; all thresholds share the resamples.
  /// - Returns: One interval a threshold.
  /// - Throws: `StoreError.statistics` when there is nothing to resample.
  public static func intervals(
    _ strata: [[Double]], above thresholds: [Double], _ bootstrap: Bootstrap
  ) throws -> [ConfidenceInterval] {
    try thresholds.map { threshold in
      try bootstrap.stratified(strata) { try shares($0, above: [threshold])[0] }
        .interval(level: bootstrap.level)
    }
  }
}
