import Testing

@testable import ExperimentStore

@Suite struct StatisticsTests {
  @Test func momentsOfKnownValues() throws {
    let values: [Double] = [2, 4, 4, 4, 5, 5, 7, 9]
    #expect(try Descriptive.mean(values) == 5)
    #expect(abs(try Descriptive.variance(values) - 32.0 / 7) < 1e-15)
    #expect(abs(try Descriptive.standardError(values) - (4.0 / 7).squareRoot()) < 1e-15)
  }

  @Test func sumsAreCompensated() {
    #expect(Descriptive.sum([1, 1e100, 1, -1e100]) == 2)
    #expect(Descriptive.sum([Double](repeating: 0.1, count: 10)) == 1)
    #expect(Descriptive.sum([1, .infinity]) == .infinity)
    #expect(Descriptive.sum([.infinity, -.infinity]).isNaN)
  }

  @Test func quantilesInterpolate() throws {
    let values: [Double] = [40, 10, 30, 20]
    #expect(try Descriptive.quantile(0, of: values) == 10)
    #expect(try Descriptive.quantile(1, of: values) == 40)
    #expect(try Descriptive.quantile(0.5, of: values) == 25)
    #expect(abs(try Descriptive.quantile(0.1, of: values) - 13) < 1e-12)
  }

  @Test func tooLittleDataIsAnError() {
    #expect(throws: StoreError.self) { try Descriptive.mean([]) }
    #expect(throws: StoreError.self) { try Descriptive.variance([1]) }
    #expect(throws: StoreError.self) { try Descriptive.quantile(0.5, of: []) }
    #expect(throws: StoreError.self) { try Descriptive.quantile(0.5, of: [1, .nan]) }
    #expect(throws: StoreError.self) { try Descriptive.quantile(1.1, of: [1]) }
  }

  /// The published first outputs of SplitMix64 from the state 1234567.
  @Test func generatorMatchesItsReference() {
    var generator = ResamplingGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
    ]
    #expect((0..<3).map { _ in generator.next() } == expected)
  }

  @Test func indicesAreUniform() {
    var generator = ResamplingGenerator(seed: 5)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    // Chi-squared with 6 degrees of freedom: 22.46 at 0.1 %.
    let statistic = counts.map { Double(($0 - 10_000) * ($0 - 10_000)) / 10_000 }.reduce(0, +)
    #expect(statistic < 22.46)
  }
}
