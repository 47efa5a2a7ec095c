extension Bootstrap {
  /// The distribution of a statistic of runs that come in strata, such as seeds within tasks.
  ///
  /// Runs are drawn with replacement within each stratum, and strata are kept: the interval says
  /// what other seeds on the same tasks would give, nothing about other tasks.
  ///
  /// - Parameters:
  ///   - strata: One list of values a stratum; no list is empty and one has two values or more.
  ///   - statistic: A number of such lists; given the lists of a resample.
  /// - Returns: The distribution.
  /// - Throws: `StoreError.statistics` when there is nothing to resample.
  public func stratified(
    _ strata: [[Double]], statistic: ([[Double]]) throws -> Double
  ) throws -> BootstrapDistribution {
    try resampled(strata.map(\.count), estimate: try statistic(strata)) { places in
      var drawn = strata
      for (stratum, chosen) in places.enumerated() {
        for (index, place) in chosen.enumerated() { drawn[stratum][index] = strata[stratum][place] }
      }
      return try statistic(drawn)
    }
  }

  /// The same for paired arms: a seed is drawn for both of them.
  ///
  /// - Parameters:
  ///   - first: Strata of one arm.
  ///   - second: Strata of the other arm, each in the same order of seeds.
  ///   - statistic: A number of the strata of both.
  /// - Returns: The distribution.
  /// - Throws: `StoreError.statistics` when the shapes differ or there is nothing to resample.
  public func stratifiedPairs(
    _ first: [[Double]], _ second: [[Double]],
    statistic: ([[Double]], [[Double]]) throws -> Double
  ) throws -> BootstrapDistribution {
    guard first.map(\.count) == second.map(\.count) else {
      throw StoreError.statistics(
        "paired arms have as many values each, not \(first.map(\.count)) and "
          + "\(second.map(\.count))")
    }
    let estimate = try statistic(first, second)
    return try resampled(first.map(\.count), estimate: estimate) { places in
      var (drawnFirst, drawnSecond) = (first, second)
      for (stratum, chosen) in places.enumerated() {
        for (index, place) in chosen.enumerated() {
          drawnFirst[stratum][index] = first[stratum][place]
          drawnSecond[stratum][index] = second[stratum][place]
        }
      }
      return try statistic(drawnFirst, drawnSecond)
    }
  }

  /// Draws places within strata of given sizes, and a statistic of each draw.
  private func resampled(
    _ sizes: [Int], estimate: Double, _ draw: ([[Int]]) throws -> Double
  ) throws -> BootstrapDistribution {
    guard resamples > 0, !sizes.contains(0), sizes.contains(where: { $0 > 1 }) else {
      throw StoreError.statistics(
        "a bootstrap needs resamples > 0 and at least 2 values, not \(resamples) and \(sizes)")
    }
    var generator = ResamplingGenerator(seed: seed)
    var draws: [Double] = []
    draws.reserveCapacity(resamples)
    var places = sizes.map { [Int](repeating: 0, count: $0) }
    for _ in 0..<resamples {
      for stratum in sizes.indices {
        for index in 0..<sizes[stratum] {
          places[stratum][index] = generator.index(below: sizes[stratum])
        }
      }
      draws.append(try draw(places))
    }
    return BootstrapDistribution(estimate: estimate, draws: draws)
  }
}
