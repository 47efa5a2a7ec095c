import Foundation

/// How a suite is run.
public struct BenchmarkSettings: Sendable {
  /// Names or beginnings of names; all when empty.
  public var cases: [String] = []
  public var threads = [1, 2]
  /// Rounds of turns.
  public var rounds = 9
  /// Seconds that a turn lasts about.
  public var seconds = 0.1
  /// Processor seconds are of use on one thread only.
  public var clock = BenchmarkClock.wall
  /// Others to compare with.
  public var peers: [WorkerProgram] = []
  /// Receives lines about what is being done.
  public var report: @Sendable (String) -> Void = { _ in }

  public init() {}
}

/// A run of the suite.
public enum BenchmarkRun {
  /// Runs the cases that the settings name, on each number of threads.
  ///
  /// - Parameters:
  ///   - settings: what and how.
  ///   - each: receives the results of each case as soon as they are there.
  /// - Returns: all results.
  /// - Throws: `BenchmarkError` for unknown cases, and whatever one of ours raises.
  public static func run(
    _ settings: BenchmarkSettings, _ each: (BenchmarkResults) throws -> Void
  ) throws -> BenchmarkResults {
    let cases =
      settings.cases.isEmpty
      ? BenchmarkSuite.cases : try settings.cases.flatMap(BenchmarkSuite.cases(matching:))
    let programs = [try WorkerProgram.own()] + settings.peers
    var all = BenchmarkResults()
    for threads in settings.threads {
      let limits = try MachineLimits.measure(threads: threads, settings.clock)
      all.limits.append(limits)
      settings.report(limits.line)
      let workers = try programs.map {
        try WorkerProcess($0.name, $0.file, $0.arguments, threads: threads)
      }
      defer { for worker in workers { worker.stop() } }
      let comparison = Comparison(settings: settings, limits: limits, workers: workers)
      for benchmark in cases {
        var results = BenchmarkResults()
        results.rows = try comparison.rows(benchmark)
        if benchmark.measuresMemory {
          results.memory = try comparison.memory(benchmark, programs)
        }
        all.rows += results.rows
        all.memory += results.memory
        results.verdicts = Verdict.all(benchmark, threads: threads, all)
        all.verdicts += results.verdicts
        try each(results)
      }
    }
    return all
  }
}

extension MachineLimits {
  /// The limits for people.
  var line: String {
    String(
      format: "threads %d: products %.1f GFLOP/s, memory %.1f GB/s", threads, operations * 1e-9,
      bytes * 1e-9)
  }
}
