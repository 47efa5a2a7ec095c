import Testing

@testable import ExperimentStore

@Suite struct ComparisonTests {
  private let bootstrap = Bootstrap(seed: 3, resamples: 2000)

  @Test func smallestAttainableP() throws {
    #expect(SignedRankTest.smallestAttainable(pairs: 5) == 0.0625)
    #expect(SignedRankTest.smallestAttainable(pairs: 0) == 1)
    for pairs in 1...12 {
      let test = try SignedRankTest((1...pairs).map(Double.init))
      #expect(test.pValue == SignedRankTest.smallestAttainable(pairs: pairs))
    }
  }

  @Test func equalArmsDifferInNothing() throws {
    let values = [[0.1, 0.4, 0.3]]
    let comparison = try PairedComparison(values, values, bootstrap: bootstrap)
    #expect(comparison.difference == 0)
    #expect(comparison.studentP == 1)
    #expect(comparison.signedRank.pValue == 1)
    #expect(comparison.improvement.estimate == 0.5)
    #expect(comparison.effectSize == nil)
    #expect(try !comparison.interval().excludesZero)
  }

  /// A constant gain over arms that vary much: only the pairing sees it.
  @Test func pairingSeesAConstantGain() throws {
    let second = [[0.0, 5, -3, 8, 1], [10, 20, 5, 7, 9]]
    let gains = [[0.9, 1.1, 1, 1.05, 0.95], [1, 0.9, 1.1, 1.02, 0.98]]
    let first = zip(second, gains).map { zip($0, $1).map { $0 + $1 } }
    let comparison = try PairedComparison(first, second, bootstrap: bootstrap)
    #expect(abs(comparison.difference - 1) < 1e-12)
    #expect(comparison.pairs == 10 && comparison.seeds == 5)
    let interval = try comparison.interval()
    #expect(interval == (try comparison.student()))
    #expect(interval.lower > 0.9 && interval.upper < 1.1)
    #expect(comparison.signedRank.pValue == SignedRankTest.smallestAttainable(pairs: 10))
    let wide = try comparison.interval(level: 0.99)
    #expect(wide.lower < interval.lower && wide.upper > interval.upper)
  }

  @Test func fromTwentySeedsOnItIsTheBootstrap() throws {
    let values = (0..<20).map { Double($0 % 7) }
    let other = (0..<20).map { Double($0 % 5) }
    let comparison = try PairedComparison([values], [other], bootstrap: bootstrap)
    #expect(try comparison.interval() == comparison.resampled.interval(level: 0.95))
    #expect(try comparison.interval().resamples == 2000)
  }

  /// Of two tasks with standard errors a and b the mean has √(a² + b²)/2.
  @Test func strataAddTheirVariances() throws {
    let strata = [[1.0, 2, 3, 4], [10.0, 14, 18]]
    let estimate = try StratifiedMean(strata)
    let errors = try strata.map(Descriptive.standardError)
    let expected = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot() / 2
    #expect(abs(estimate.error - expected) < 1e-14)
    #expect(estimate.mean == (2.5 + 14) / 2)
    #expect(estimate.degrees > 2 && estimate.degrees < 5)
  }

  /// The coverage that decides when Student's interval is used.
  @Test func percentileBootstrapIsTooNarrowForFiveValues() throws {
    var generator = ResamplingGenerator(seed: 99)
    let trials = 400
    var (student, percentile) = (0, 0)
    for _ in 0..<trials {
      let values = try (0..<5).map { _ in
        try NormalDistribution.quantile((Double(generator.index(below: 1 << 30)) + 0.5) * 0x1p-30)
      }
      if try StratifiedMean([values]).interval(level: 0.95).covers(0) { student += 1 }
      let interval = try Bootstrap(seed: 1, resamples: 500).mean(values)
      if interval.covers(0) { percentile += 1 }
    }
    #expect(abs(Double(student) / Double(trials) - 0.95) < 0.035)
    #expect(abs(Double(percentile) / Double(trials) - 0.83) < 0.05)
  }

  @Test func holmLevelsAreDualToTheAdjustedP() {
    let pValues = [0.01, 0.04, 0.03, 0.005]
    let levels = HolmCorrection.levels(pValues, level: 0.95)
    // 0.005 ≤ 0.05/4 and 0.01 ≤ 0.05/3 are rejected; 0.03 > 0.05/2 is not, nor what follows.
    #expect(levels[3] == 1 - (1 - 0.95) / 4)
    #expect(levels[0] == 1 - (1 - 0.95) / 3)
    #expect(levels[2] == 1 - (1 - 0.95) / 2)
    #expect(levels[1] == levels[2])
    for (pValue, adjusted) in zip(
      zip(pValues, levels), HolmCorrection.adjusted(pValues))
    {
      #expect((pValue.0 <= 1 - pValue.1) == (adjusted <= 0.05))
    }
  }

  @Test func minimalDetectableEffect() throws {
    for pairs in [3, 5, 20] {
      let effect = try DetectableEffect.minimal(pairs: pairs)
      let power = try DetectableEffect.power(effect: effect, pairs: pairs, threshold: 0.05)
      #expect(abs(power - 0.8) < 1e-9)
    }
    #expect(throws: StoreError.self) { try DetectableEffect.minimal(pairs: 1) }
    #expect(throws: StoreError.self) { try DetectableEffect.minimal(pairs: 5, power: 0.01) }
  }

  @Test func fewValuesAreWarnedOf() {
    #expect(RunAggregate.interquartileMean.warning(count: 3) != nil)
    #expect(RunAggregate.interquartileMean.warning(count: 4) == nil)
    #expect(RunAggregate.mean.warning(count: 1) == nil)
  }

  @Test func sameSeedSameInterval() throws {
    let strata = [[0.2, 0.5, 0.9, 0.4], [0.1, 0.3]]
    let draw = { (seed: UInt64) in
      try Bootstrap(seed: seed, resamples: 500)
        .stratified(strata, statistic: RunAggregate.interquartileMean.value)
    }
    #expect(try draw(4) == draw(4))
    #expect(try draw(4) != draw(5))
    let profile = try PerformanceProfile.intervals(strata, above: [0, 0.35, 1], bootstrap)
    #expect(profile.map(\.estimate) == [1, 0.375, 0])
    #expect(profile[1].lower < 0.375 && profile[1].upper > 0.375)
  }

  @Test func whatCannotBeComparedIsAnError() {
    #expect(throws: StoreError.self) { try PairedComparison([[1, 2]], [[1]]) }
    #expect(throws: StoreError.self) { try PairedComparison([[1]], [[2]]) }
    #expect(throws: StoreError.self) { try SignedRankTest([]) }
    #expect(throws: StoreError.self) { try SignedRankTest([.nan]) }
    #expect(throws: StoreError.self) { try StudentT.quantile(1, degrees: 3) }
    #expect(throws: StoreError.self) { try bootstrap.stratified([[1]]) { _ in 0 } }
    #expect(throws: StoreError.self) { try bootstrap.stratified([[1, 2], []]) { _ in 0 } }
    #expect(throws: StoreError.self) { try ProbabilityOfImprovement.value([[1]], []) }
  }
}
