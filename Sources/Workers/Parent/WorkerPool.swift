import Foundation
import LuaRuntime
import Synchronization

/// Worker processes, started before they are needed and replaced when they end.
///
/// `evaluate` may be called from any number of threads; each call has a worker of its own. The
/// answer depends on the request alone, whichever worker gives it.
public final class WorkerPool: Sendable {
  /// How a pool is set up.
  public struct Settings: Sendable {
    /// Processes at once.
    public var workers: Int
    /// How each is confined.
    public var confinement: Worker.Settings
    /// Seconds beyond the budget's before a worker is killed.
    public var patience: Double
    /// Seconds a worker may take to start.
    public var startSeconds: Double
    /// Evaluations after which a worker is replaced, so that what leaks does not add up.
    public var evaluationsPerWorker: Int
    /// The program; nil for the one that runs.
    public var executable: String?
    /// How workers are started; nil for `perigee worker`, confined as said.
    public var command: WorkerCommand?

    /// Settings with defaults.
    public init(
      workers: Int = max(1, ProcessInfo.processInfo.activeProcessorCount),
      confinement: Worker.Settings = Worker.Settings(), patience: Double = 0.5,
      startSeconds: Double = 30, evaluationsPerWorker: Int = 2000, executable: String? = nil,
      command: WorkerCommand? = nil
    ) {
      self.workers = workers
      self.confinement = confinement
      self.patience = patience
      self.startSeconds = startSeconds
      self.evaluationsPerWorker = evaluationsPerWorker
      self.executable = executable
      self.command = command
    }
  }

  /// How a pool was used.
  public struct Counts: Sendable, Equatable {
    /// Processes started.
    public var started = 0
    /// Evaluations asked for.
    public var evaluations = 0
    /// Evaluations that gave no answer.
    public var failures = 0
  }

  private struct State {
    var idle: [Slot] = []
    var running: [Int32] = []
    var counts = Counts()
    var nextRequest = 1
    var isStopped = false
  }

  /// A worker that was started. Unchecked is right because a slot is in `idle`, under the lock, or
  /// with the one thread that took it out.
  private final class Slot: @unchecked Sendable {
    let process: WorkerProcess
    var isGreeted = false

    init(_ process: WorkerProcess) { self.process = process }
  }

  private let settings: Settings
  private let command: WorkerCommand
  private let state = Mutex(State())
  private let free: DispatchSemaphore

  /// Starts all workers; they warm themselves meanwhile.
  ///
  /// - Throws: `EvaluationFailure` of reason unavailable.
  public init(_ settings: Settings = Settings()) throws {
    self.settings = settings
    command =
      settings.command ?? WorkerCommand(settings.confinement, executable: settings.executable)
    free = DispatchSemaphore(value: settings.workers)
    signal(SIGPIPE, SIG_IGN)
    for _ in 0..<settings.workers { try start() }
  }

  deinit { stop() }

  /// How the pool was used so far.
  public var counts: Counts { state.withLock { $0.counts } }

  /// Ends all workers; evaluations under way fail as cancelled. Any thread may call it.
  public func stop() {
    let (idle, running) = state.withLock { state in
      state.isStopped = true
      defer { state.idle = [] }
      return (state.idle, state.running)
    }
    for slot in idle { slot.process.end() }
    // Those in use are waited for, and let go, by who uses them.
    for pid in running { kill(pid, SIGKILL) }
  }

  private func start() throws {
    let slot = Slot(try WorkerProcess(command))
    let isLate = state.withLock { state in
      state.counts.started += 1
      if !state.isStopped { state.idle.append(slot) }
      return state.isStopped
    }
    if isLate { slot.process.end() }
  }

  /// Evaluates in a worker, waiting for one to be free.
  ///
  /// - Parameters:
  ///   - evaluation: what to do.
  ///   - budget: what it may use; without seconds, five.
  ///   - seed: of the script's random numbers.
  ///   - isCancelled: asked every few milliseconds; once true the worker is killed, and the
  ///     evaluation fails as cancelled. The pool can be used on.
  /// - Returns: the answer and its cost, or why there is none.
  public func evaluate<Kind: Question>(
    _ evaluation: Kind, budget: Budget = .candidate, seed: UInt64 = 0,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) -> Result<Evaluated<Kind.Answer>, EvaluationFailure> {
    guard waitForTurn(isCancelled) else {
      return .failure(EvaluationFailure(.cancelled, "interrupted"))
    }
    defer { free.signal() }
    do {
      let slot = try take()
      var keeps = false
      defer { giveBack(slot, keeps: keeps) }
      let (answer, isWhole) = try ask(slot, evaluation, budget, seed, isCancelled)
      keeps = isWhole
      return try .success(answer.get())
    } catch {
      let isStopped = state.withLock { state in
        state.counts.failures += 1
        return state.isStopped
      }
      if isStopped { return .failure(EvaluationFailure(.cancelled, "the workers were stopped")) }
      return .failure(
        error as? EvaluationFailure
          ?? EvaluationFailure(.unavailable, String(describing: error)))
    }
  }

  /// False where the evaluation was cancelled before a worker was free.
  private func waitForTurn(_ isCancelled: (@Sendable () -> Bool)?) -> Bool {
    guard let isCancelled else {
      free.wait()
      return true
    }
    while !isCancelled() {
      if free.wait(timeout: .now() + .milliseconds(Deadline.interval)) == .success { return true }
    }
    return false
  }

  /// Evaluates many, as many at once as there are workers.
  ///
  /// - Returns: in the order of the evaluations.
  public func evaluate<Kind: Question>(
    all evaluations: [Kind], budget: Budget = .candidate, seed: UInt64 = 0,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) -> [Result<Evaluated<Kind.Answer>, EvaluationFailure>] {
    typealias Outcome = Result<Evaluated<Kind.Answer>, EvaluationFailure>
    let outcomes = Mutex([Outcome?](repeating: nil, count: evaluations.count))
    let next = Atomic<Int>(0)
    let lanes = min(settings.workers, evaluations.count)
    DispatchQueue.concurrentPerform(iterations: lanes) { _ in
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < evaluations.count else { return }
        let outcome = evaluate(
          evaluations[place], budget: budget, seed: seed, isCancelled: isCancelled)
        outcomes.withLock { $0[place] = outcome }
      }
    }
    return outcomes.withLock { $0.compactMap { $0 } }
  }

  // MARK: One evaluation

  private func ask<Kind: Question>(
    _ slot: Slot, _ evaluation: Kind, _ budget: Budget, _ seed: UInt64,
    _ isCancelled: (@Sendable () -> Bool)?
  ) throws -> (Result<Evaluated<Kind.Answer>, EvaluationFailure>, isWhole: Bool) {
    let id = state.withLock { state in
      state.nextRequest += 1
      state.counts.evaluations += 1
      return state.nextRequest
    }
    var budget = budget
    let seconds = budget.seconds ?? 5
    budget.seconds = seconds
    let request = try WireFormat.encode(
      Request(id: id, kind: Kind.kind, seed: seed, budget: budget, body: evaluation))
    if !slot.isGreeted {
      try slot.process.greet(
        Deadline(seconds: settings.startSeconds, isCancelled: isCancelled))
      slot.isGreeted = true
    }
    let data = try slot.process.exchange(
      request, seconds: seconds + settings.patience, isCancelled: isCancelled,
      processorSeconds: seconds)
    let reply: Reply<Kind.Answer>
    do {
      reply = try WireFormat.decode(Reply<Kind.Answer>.self, data)
    } catch {
      throw EvaluationFailure(.garbage, "the worker's reply cannot be read: \(error)")
    }
    guard reply.id == id else {
      throw EvaluationFailure(.garbage, "the worker answered request \(reply.id), not \(id)")
    }
    if let failure = reply.failure { return (.failure(failure), failure.reason == .script) }
    guard let answer = reply.answer, let use = reply.use else {
      throw EvaluationFailure(.garbage, "the worker answered nothing")
    }
    if let objection = evaluation.objection(to: answer) {
      throw EvaluationFailure(.garbage, "the worker answered \(objection)")
    }
    return (.success(Evaluated(answer: answer, use: use)), true)
  }

  // MARK: Workers

  private func take() throws -> Slot {
    while true {
      let (slot, isStopped) = state.withLock { state -> (Slot?, Bool) in
        let slot = state.idle.popLast()
        if let slot { state.running.append(slot.process.pid) }
        return (slot, state.isStopped)
      }
      if isStopped { throw EvaluationFailure(.cancelled, "the workers were stopped") }
      if let slot { return slot }
      try start()
    }
  }

  /// A worker that met a limit or did anything odd is not asked again: another one is started now,
  /// and is warm by the time it is needed.
  private func giveBack(_ slot: Slot, keeps: Bool) {
    let isTired = slot.process.evaluations >= settings.evaluationsPerWorker
    let isKept = state.withLock { state in
      state.running.removeAll { $0 == slot.process.pid }
      let isKept = keeps && !isTired && !state.isStopped
      if isKept { state.idle.append(slot) }
      return isKept
    }
    guard !isKept else { return }
    slot.process.end()
    try? start()
  }
}
