import Foundation
import Synchronization

/// The threads that run the parts of one step; the caller is one of them.
///
/// Which thread runs which part is chance; parts are cut by shape and write apart, so results
/// are not.
///
/// `@unchecked Sendable`: `task` and `parts` are written while no worker is active, between
/// `remaining` reaching zero and the next increment of `round`, which orders them.
final class WorkerPool: @unchecked Sendable {
  typealias Task = (_ part: Int, _ worker: Int) -> Void

  /// Threads, the caller included.
  let threads: Int
  private let next = Atomic<Int>(0)
  private let remaining = Atomic<Int>(0)
  private let round = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private let wake = NSCondition()
  private let finished = DispatchGroup()
  private var task: Task?
  private var parts = 0

  /// Polls of `round` before a worker goes to sleep: some tens of microseconds.
  private static let patience = 4000

  init(threads: Int) {
    self.threads = max(1, threads)
    for worker in 1..<max(1, threads) {
      finished.enter()
      let thread = Thread { [self] in
        work(worker)
        finished.leave()
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// Ends the threads; the pool must not be used afterwards.
  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    wake.lock()
    round.add(1, ordering: .sequentiallyConsistent)
    wake.broadcast()
    wake.unlock()
    finished.wait()
  }

  /// Runs `body` for each part in 0..<parts and returns when all are done.
  func run(_ parts: Int, _ body: Task) {
    guard threads > 1, parts > 1 else {
      for part in 0..<parts { body(part, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      self.parts = parts
      task = body
      next.store(0, ordering: .relaxed)
      remaining.store(threads - 1, ordering: .relaxed)
      wake.lock()
      round.add(1, ordering: .sequentiallyConsistent)
      wake.broadcast()
      wake.unlock()
      drain(body, 0)
      while remaining.load(ordering: .acquiring) > 0 { sched_yield() }
      task = nil
    }
  }

  private func drain(_ body: Task, _ worker: Int) {
    while true {
      let part = next.add(1, ordering: .relaxed).oldValue
      if part >= parts { return }
      body(part, worker)
    }
  }

  private func work(_ worker: Int) {
    var seen = 0
    while true {
      var polls = 0
      while round.load(ordering: .acquiring) == seen {
        polls += 1
        if polls < WorkerPool.patience { continue }
        wake.lock()
        while round.load(ordering: .acquiring) == seen { wake.wait() }
        wake.unlock()
      }
      seen = round.load(ordering: .acquiring)
      if stopping.load(ordering: .acquiring) { return }
      if let task { drain(task, worker) }
      remaining.subtract(1, ordering: .acquiringAndReleasing)
    }
  }
}
