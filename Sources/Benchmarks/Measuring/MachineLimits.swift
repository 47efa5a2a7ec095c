import CReferenceLoops
import Dispatch
import TensorCore

/// What this machine can do at most, measured beside what is compared with it.
struct MachineLimits: Sendable {
  let threads: Int
  /// Floating-point operations a second of large matrix products.
  let operations: Double
  /// Bytes a second of streams that do not fit into caches.
  let bytes: Double

  /// Measures: the fastest of several tries.
  ///
  /// - Throws: `TensorError` when products cannot be run.
  static func measure(threads: Int, _ clock: BenchmarkClock) throws -> MachineLimits {
    var limits: [Double] = []
    for name in ["product/256", "product/512"] {
      guard let found = BenchmarkSuite.cases.first(where: { $0.name == name }) else { continue }
      let work = try found.prepare(threads)
      for _ in 0..<10 {
        limits.append(found.work.operations * 10 / (try work.time(10))[clock])
      }
    }
    return MachineLimits(
      threads: threads, operations: limits.max() ?? 1, bytes: bandwidth(threads, clock))
  }

  /// The seconds that some work takes at least.
  func seconds(_ work: NecessaryWork) -> Double {
    max(work.operations / operations, work.bytes / bytes)
  }

  private static func bandwidth(_ threads: Int, _ clock: BenchmarkClock) -> Double {
    let count = 8 << 20
    let streams = (0..<threads).map { _ in Stream(count) }
    var best = Double.infinity
    for _ in 0..<10 {
      let start = Elapsed.now()
      DispatchQueue.concurrentPerform(iterations: threads) { streams[$0].accumulate() }
      best = min(best, (.now() - start)[clock])
    }
    return Double(threads * count * 12) / best
  }

  /// Two arrays of one thread. Each thread touches only its own.
  private final class Stream: @unchecked Sendable {
    private let target: UnsafeMutablePointer<Float>
    private let source: UnsafeMutablePointer<Float>
    private let count: Int

    init(_ count: Int) {
      self.count = count
      target = .allocate(capacity: count)
      source = .allocate(capacity: count)
      target.initialize(repeating: 1, count: count)
      source.initialize(repeating: 1, count: count)
    }

    deinit {
      target.deallocate()
      source.deallocate()
    }

    func accumulate() { rl_accumulate(target, source, 1e-9, Int64(count)) }
  }
}
