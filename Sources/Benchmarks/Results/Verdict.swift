import Foundation

/// What a case reached of one target.
struct Verdict: Sendable, Codable {
  var `case`: String
  var threads: Int
  /// What was compared: `eager: torch eager`, `seconds`, ...
  var compared: String
  /// What was reached, and what should be; more is better unless `isCeiling`.
  var reached: Double
  var wanted: Double
  /// Whether the target is a most instead of a least.
  var isCeiling = false

  /// Whether the target was met.
  var isMet: Bool { isCeiling ? reached <= wanted : reached >= wanted }

  /// Verdicts on the targets that can be judged by the results there are.
  static func all(
    _ benchmark: BenchmarkCase, threads: Int, _ results: BenchmarkResults
  ) -> [Verdict] {
    guard let own = results.own(benchmark.name, threads: threads) else { return [] }
    return benchmark.targets.compactMap { target in
      switch target {
      case .faster(let ratio, let kind):
        guard let best = results.best(benchmark.name, kind, threads: threads) else { return nil }
        return Verdict(
          case: benchmark.name, threads: threads, compared: "\(kind.spelled): \(best.contender)",
          reached: best.median / own.median, wanted: ratio)
      case .atMost(let seconds):
        return Verdict(
          case: benchmark.name, threads: threads, compared: "microseconds",
          reached: own.median * 1e6, wanted: seconds * 1e6, isCeiling: true)
      case .share(let share):
        guard let limit = own.limit else { return nil }
        return Verdict(
          case: benchmark.name, threads: threads, compared: "share of the limit",
          reached: limit / own.median, wanted: share)
      case .scaling(let ratio):
        guard threads == 2, let one = results.own(benchmark.name, threads: 1) else { return nil }
        return Verdict(
          case: benchmark.name, threads: threads, compared: "one thread",
          reached: one.median / own.median, wanted: ratio)
      case .memory(let ratio, let kind):
        return memory(benchmark, threads, ratio, kind, results)
      }
    }
  }

  private static func memory(
    _ benchmark: BenchmarkCase, _ threads: Int, _ ratio: Double, _ kind: ContenderKind,
    _ results: BenchmarkResults
  ) -> Verdict? {
    let rows = results.memory.filter { $0.case == benchmark.name && $0.threads == threads }
    guard let own = rows.first(where: { $0.kind == .perigee }),
      let other = rows.first(where: { $0.kind == kind }), other.addedBytes > 0
    else { return nil }
    return Verdict(
      case: benchmark.name, threads: threads, compared: "added memory, \(other.contender)",
      reached: Double(own.addedBytes) / Double(other.addedBytes), wanted: ratio,
      isCeiling: true)
  }
}
