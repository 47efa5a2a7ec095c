import Benchmarks
import Foundation
import Testing

/// What a call of each benchmark does must not grow unseen. Times are no test's business.
@Suite struct StepCountsTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden/benchmark-counts.json")

  @Test func countsAreAsRecorded() throws {
    let counts = try StepCounts.all()
    if ProcessInfo.processInfo.environment["PERIGEE_RECORD"] == "1" {
      try StepCounts.json(counts).write(to: Self.golden, atomically: true, encoding: .utf8)
    }
    let expected = try JSONDecoder().decode(
      [String: StepCounts].self, from: Data(contentsOf: Self.golden))
    #expect(Set(counts.keys) == Set(expected.keys))
    for name in counts.keys.sorted() {
      #expect(
        counts[name] == expected[name],
        "\(name); `perigee bench --counts > Tests/Golden/benchmark-counts.json` keeps new counts")
    }
  }

  @Test func steadyStepsNeitherCompileNorAllocate() throws {
    let expected = try JSONDecoder().decode(
      [String: StepCounts].self, from: Data(contentsOf: Self.golden))
    for (name, counts) in expected {
      #expect(counts.compilations == 0, "\(name)")
      #expect(counts.allocations == 0, "\(name)")
    }
  }

  @Test func namesAreFoundByTheirBeginning() throws {
    #expect(try BenchmarkSuite.cases(matching: "adam").count == 2)
    #expect(try BenchmarkSuite.cases(matching: "loss/dpo").count == 6)
    #expect(throws: BenchmarkError.self) { try BenchmarkSuite.cases(matching: "los") }
    #expect(Set(BenchmarkSuite.cases.map(\.name)).count == BenchmarkSuite.cases.count)
  }
}
