import TestSupport
import Testing

@testable import ExperimentStore

/// Values of scipy and rliable; `scripts/goldens/statistics.py` makes the file.
@Suite struct ReferenceValueTests {
  private static func cases(_ section: String) throws -> [GoldenCase] {
    let all = try GoldenFile(fixture: "statistics").cases.filter { $0["section"]?.text == section }
    try #require(!all.isEmpty)
    return all
  }

  private func numbers(_ golden: GoldenCase, _ name: String) throws -> [Double] {
    try #require(golden[name], "\(golden.name): \(name)").numbers
  }

  private func number(_ golden: GoldenCase, _ name: String) throws -> Double {
    try #require(golden[name]?.number, "\(golden.name): \(name)")
  }

  private func strata(_ golden: GoldenCase, _ name: String) throws -> [[Double]] {
    let value = try #require(golden[name])
    let runs = value.dims[1]
    return stride(from: 0, to: value.numbers.count, by: runs).map {
      Array(value.numbers[$0..<($0 + runs)])
    }
  }

  private func expectClose(
    _ found: Double, _ expected: Double, _ tolerance: Double, _ what: String
  ) {
    let isClose = abs(found - expected) <= tolerance * max(abs(expected), 1e-300)
    #expect(isClose, "\(what): \(found), expected \(expected)")
  }

  @Test func quantiles() throws {
    for golden in try Self.cases("quantiles") {
      let degrees = golden["degrees"]?.number
      let cumulative: (Double) -> Double = { point in
        degrees.map { StudentT.cumulative(point, degrees: $0) }
          ?? NormalDistribution.cumulative(point)
      }
      for (point, expected) in zip(
        try numbers(golden, "points"), try numbers(golden, "cumulative"))
      {
        expectClose(cumulative(point), expected, 1e-12, "\(golden.name) at \(point)")
      }
      for (probability, expected) in zip(
        try numbers(golden, "probabilities"), try numbers(golden, "quantiles"))
      {
        let found =
          try degrees.map { try StudentT.quantile(probability, degrees: $0) }
          ?? NormalDistribution.quantile(probability)
        expectClose(found, expected, 1e-11, "\(golden.name), quantile \(probability)")
      }
    }
  }

  @Test func signedRank() throws {
    for golden in try Self.cases("signed_rank") {
      let test = try SignedRankTest(
        try numbers(golden, "differences"),
        zeros: try #require(SignedRankTest.ZeroHandling(rawValue: golden["zeros"]?.text ?? "")),
        computation: SignedRankTest.Computation(rawValue: golden["computation"]?.text ?? ""))
      expectClose(test.statistic, try number(golden, "statistic"), 1e-13, golden.name)
      expectClose(test.pValue, try number(golden, "p"), 1e-10, golden.name)
    }
  }

  @Test func studentIntervals() throws {
    for golden in try Self.cases("intervals") {
      let estimate = try StratifiedMean([try numbers(golden, "values")])
      expectClose(estimate.twoSidedP, try number(golden, "p"), 1e-11, golden.name)
      for level in [0.8, 0.95, 0.99] {
        let interval = try estimate.interval(level: level)
        let expected = try numbers(golden, "level_\(level)")
        expectClose(interval.lower, expected[0], 1e-10, "\(golden.name), lower at \(level)")
        expectClose(interval.upper, expected[1], 1e-10, "\(golden.name), upper at \(level)")
      }
    }
  }

  @Test func power() throws {
    for golden in try Self.cases("power") {
      let pairs = Int(try number(golden, "pairs"))
      let effect = try number(golden, "effect")
      let found = try DetectableEffect.power(effect: effect, pairs: pairs, threshold: 0.05)
      expectClose(found, try number(golden, "power"), 1e-6, golden.name)
    }
  }

  @Test func aggregates() throws {
    for golden in try Self.cases("aggregates") {
      let (first, second) = (try strata(golden, "first"), try strata(golden, "second"))
      for aggregate in RunAggregate.allCases {
        expectClose(
          try aggregate.value(first), try number(golden, aggregate.rawValue), 1e-13,
          "\(golden.name), \(aggregate)")
      }
      expectClose(
        try OptimalityGap.value(first, optimum: 1), try number(golden, "optimality_gap"), 1e-13,
        golden.name)
      expectClose(
        try ProbabilityOfImprovement.value(first, second), try number(golden, "improvement"),
        1e-13, golden.name)
      let thresholds = try numbers(golden, "thresholds")
      let profile = try PerformanceProfile.shares(first, above: thresholds)
      for (found, expected) in zip(profile, try numbers(golden, "profile")) {
        expectClose(found, expected, 1e-13, golden.name)
      }
    }
  }

  /// The same distribution from other random numbers: ends agree to the noise of resampling.
  @Test func stratifiedIntervals() throws {
    for golden in try Self.cases("resampled") {
      let scores = try strata(golden, "scores")
      for aggregate in [RunAggregate.mean, .interquartileMean] {
        let interval = try Bootstrap(seed: 5, resamples: 10_000)
          .stratified(scores, statistic: aggregate.value).interval(level: 0.95)
        let ends = try numbers(golden, aggregate.rawValue)
        let width = ends[1] - ends[0]
        #expect(abs(interval.lower - ends[0]) < 0.04 * width, "\(golden.name), \(aggregate)")
        #expect(abs(interval.upper - ends[1]) < 0.04 * width, "\(golden.name), \(aggregate)")
      }
    }
  }

  @Test func holm() throws {
    for golden in try Self.cases("holm") {
      let found = HolmCorrection.adjusted(try numbers(golden, "p"))
      for (value, expected) in zip(found, try numbers(golden, "adjusted")) {
        expectClose(value, expected, 1e-14, golden.name)
      }
    }
  }
}
