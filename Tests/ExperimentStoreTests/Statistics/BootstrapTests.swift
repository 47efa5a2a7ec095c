import Testing

@testable import ExperimentStore

@Suite struct BootstrapTests {
  private let bootstrap = Bootstrap(seed: 11, resamples: 4000)

  private func observations(
    seeds: Int, blocks: Int, _ value: (Int, Int) -> Double
  ) -> [ClusteredObservation] {
    (0..<seeds).flatMap { seed in
      (0..<blocks).map { block in
        ClusteredObservation(value: value(seed, block), seed: seed, blocks: [block])
      }
    }
  }

  /// Resampling five zeros and five ones gives Binomial(10, ½)/10, whose 2.5 % and 97.5 %
  /// quantiles are 0.2 and 0.8.
  @Test func meanOfCoinsIsBinomial() throws {
    let interval = try bootstrap.mean([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    #expect(interval.estimate == 0.5)
    #expect(abs(interval.lower - 0.2) < 1e-12)
    #expect(abs(interval.upper - 0.8) < 1e-12)
    #expect(interval.covers(0.5))
    #expect(!interval.covers(0.81))
  }

  /// For many values the interval is the mean ± 1.96 standard errors.
  @Test func meanOfManyIsNormal() throws {
    let values = (0..<400).map { Double(($0 * 37) % 101) }
    let interval = try Bootstrap(seed: 2, resamples: 20_000).mean(values)
    let mean = try Descriptive.mean(values)
    let scale = try Descriptive.standardError(values)
    #expect(abs((interval.lower - mean) / scale + 1.96) < 0.06)
    #expect(abs((interval.upper - mean) / scale - 1.96) < 0.06)
  }

  @Test func sameSeedSameBits() throws {
    let values: [Double] = [0.3, 1.7, 2.2, 0.9, 1.1]
    #expect(try bootstrap.mean(values) == bootstrap.mean(values))
    #expect(try bootstrap.mean(values) != Bootstrap(seed: 12, resamples: 4000).mean(values))
  }

  @Test func pairingRemovesWhatTheArmsShare() throws {
    let shared = (0..<20).map { Double($0 * $0) }
    let better = shared.enumerated().map { $1 + 1 + ($0 % 2 == 0 ? 0.1 : -0.1) }
    let interval = try bootstrap.pairedDifference(better, shared)
    #expect(abs(interval.estimate - 1) < 1e-12)
    #expect(interval.lower > 0.9 && interval.upper < 1.1)
    #expect(throws: StoreError.self) { try bootstrap.pairedDifference([1, 2], [1]) }
  }

  /// Of two seeds with means 0 and 1, resampling gives 0, ½, 1 with chances ¼, ½, ¼.
  @Test func clusteredFollowsSeedsWhenSeedsDiffer() throws {
    let interval = try bootstrap.clusteredMean(
      observations(seeds: 2, blocks: 30) { seed, _ in Double(seed) })
    #expect(interval.estimate == 0.5)
    #expect((interval.lower, interval.upper) == (0, 1))
    let narrow = try Bootstrap(seed: 1, resamples: 4000, level: 0.4).clusteredMean(
      observations(seeds: 2, blocks: 30) { seed, _ in Double(seed) })
    #expect((narrow.lower, narrow.upper) == (0.5, 0.5))
  }

  /// When only blocks differ, repeating them over seeds tells nothing new: the interval is that
  /// of the block means, not that of so many more observations.
  @Test func clusteredFollowsBlocksWhenBlocksDiffer() throws {
    let means: [Double] = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    let interval = try bootstrap.clusteredMean(
      observations(seeds: 5, blocks: 10) { _, block in means[block] })
    #expect(abs(interval.lower - 0.2) < 1e-12)
    #expect(abs(interval.upper - 0.8) < 1e-12)
  }

  /// Both levels together are wider than either alone: variances add for crossed effects.
  @Test func clusteredVariancesAdd() throws {
    let both = try Bootstrap(seed: 3, resamples: 8000).clusteredMean(
      observations(seeds: 20, blocks: 20) { seed, block in Double(seed % 2) + Double(block % 2) })
    let seedsOnly = try Bootstrap(seed: 3, resamples: 8000).clusteredMean(
      observations(seeds: 20, blocks: 20) { seed, _ in Double(seed % 2) })
    let ratio = (both.upper - both.lower) / (seedsOnly.upper - seedsOnly.lower)
    #expect(abs(ratio - 2.0.squareRoot()) < 0.1)
  }

  @Test func pairsOfTwoBlocksCountWithBoth() throws {
    // With one seed and both blocks needed, a resample without either block holds nothing and is
    // drawn again, so every draw sees the one value there is.
    let observation = ClusteredObservation(value: 0.25, seed: 1, blocks: [4, 9])
    let interval = try bootstrap.clusteredMean([observation, observation])
    #expect((interval.lower, interval.estimate, interval.upper) == (0.25, 0.25, 0.25))
  }

  @Test func whatCannotBeResampledIsAnError() {
    let one = ClusteredObservation(value: 1, seed: 1, blocks: [1])
    #expect(throws: StoreError.self) { try bootstrap.clusteredMean([one, one]) }
    #expect(throws: StoreError.self) { try bootstrap.clusteredMean([]) }
    let three = ClusteredObservation(value: 1, seed: 1, blocks: [1, 2, 3])
    #expect(throws: StoreError.self) { try bootstrap.clusteredMean([three]) }
    #expect(throws: StoreError.self) { try bootstrap.mean([1]) }
    #expect(throws: StoreError.self) { try Bootstrap(resamples: 0).mean([1, 2]) }
    #expect(throws: StoreError.self) { try Bootstrap(level: 1).mean([1, 2]) }
  }
}
