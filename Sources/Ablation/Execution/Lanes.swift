import ExperimentStore
import Foundation
import LuaRuntime
import Notation
import Synchronization
import Trials
import Workers

/// What a lane has published.
struct PublishedResult: Sendable {
  let chunk: String
  let id: String
  /// The record's fields that the trial decides.
  let result: JSONObject
}

/// Works on chunks, as many trials at once as there are worker processes.
///
/// A lane is a thread that asks one worker process after the other; the chunk's lease is touched
/// by the heartbeat whatever the process does, and a process that hangs or dies is a result.
final class Lanes: Sendable {
  private let folder: WorkFolder
  private let setup: WorkFolder.Setup
  private let pool: WorkerPool
  private let beat: Heartbeat
  private let claims: ChunkClaims
  private let count: Int
  /// Lanes of the coordinator take chunks in order, those of other machines begin elsewhere.
  private let offset: Int
  private let state = Mutex(State())
  private let running: DispatchGroup = DispatchGroup()

  private struct State {
    var isStopped = false
    var error: (any Error)?
    var published: [PublishedResult] = []
    /// Trials this process has published.
    var total = 0
    /// Trials being run now.
    var active = 0
  }

  /// Seconds between two looks for work where there was none.
  private static let pause = 0.02

  /// Starts the worker processes; `start` lets them work.
  ///
  /// - Throws: `EvaluationFailure` where they cannot be started.
  init(_ folder: WorkFolder, _ setup: WorkFolder.Setup, workers: Int, pool: WorkerPool) {
    (self.folder, self.setup, self.pool, count) = (folder, setup, pool, workers)
    let coordinator = WorkFolder.object(folder.coordinatorPath)
    let isLocal =
      coordinator?["process"]?.int == Int(Owner.here.process)
      && coordinator?["host"]?.string == Owner.here.host
    offset = isLocal ? 0 : Int(Owner.here.process)
    beat = Heartbeat(lease: setup.lease, folder: folder.path)
    claims = ChunkClaims(folder, lease: setup.lease, beat: beat)
  }

  /// Worker processes for trials, of this program unless another is given; runs that recipes begin
  /// in them go into the folder of the experiment.
  static func pool(
    workers: Int, limits: TrialLimits, experiment: URL, executable: String? = nil
  ) throws -> WorkerPool {
    let runs = ["PERIGEE_RUNS": experiment.appendingPathComponent("runs").path]
    var arguments = ["worker", "--trials"]
    if let memory = limits.memory { arguments += ["--memory", String(memory)] }
    return try WorkerPool(
      WorkerPool.Settings(
        workers: workers, patience: 5,
        command: WorkerCommand(trusted: arguments, executable: executable, variables: runs)))
  }

  /// Marks the coordinator's own file as touched while this process lives.
  func keepCoordinatorAlive() { beat.start(folder.coordinatorPath) }

  /// Lets all lanes begin.
  func start() {
    for lane in 0..<count {
      running.enter()
      let thread = Thread { [self] in
        work()
        running.leave()
      }
      thread.name = "lane \(lane)"
      thread.start()
    }
  }

  /// What was published since the last time.
  ///
  /// - Throws: what ended a lane.
  func takePublished() throws -> [PublishedResult] {
    try state.withLock { state in
      if let error = state.error { throw error }
      defer { state.published = [] }
      return state.published
    }
  }

  /// Trials that this process has published.
  var total: Int { state.withLock { $0.total } }

  /// Whether a trial is being run now.
  var isBusy: Bool { state.withLock { $0.active > 0 } }

  /// Ends worker processes, gives leases back and waits for the lanes.
  func stop() {
    state.withLock { $0.isStopped = true }
    pool.stop()
    running.wait()
    beat.end()
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  private func work() {
    while !isStopped {
      do {
        guard let chunk = try claims.next(offset: offset) else {
          Thread.sleep(forTimeInterval: Self.pause)
          continue
        }
        try work(on: chunk)
      } catch {
        state.withLock { $0.error = $0.error ?? error }
        return
      }
    }
  }

  private func work(on chunk: ClaimedChunk) throws {
    let known = Set(folder.results(of: chunk.name).compactMap { $0["id"]?.string })
    var attempt = chunk.attempt
    for item in chunk.items {
      guard let id = item["id"]?.string, !known.contains(id) else { continue }
      if isStopped { return claims.release(chunk) }
      let result: JSONObject
      if attempt > ChunkClaims.mostAttempts {
        // The first that is missing is the one that all of them had begun.
        result = Self.givenUp(id, attempt - 1)
        attempt = 1
      } else {
        guard let found = try run(item, id, attempt) else { return claims.release(chunk) }
        result = found
      }
      try publish(result, id, chunk)
    }
    claims.finish(chunk)
  }

  private func publish(_ result: JSONObject, _ id: String, _ chunk: ClaimedChunk) throws {
    let path = folder.result(chunk.name, id)
    let draft = "\(folder.done(chunk.name))/.\(id).\(Owner.here.name)"
    guard
      try SharedFiles.publish(path, JSONValue.object(result).compactText, draft: draft)
    else { return }
    state.withLock { state in
      state.total += 1
      state.published.append(PublishedResult(chunk: chunk.name, id: id, result: result))
    }
  }

  /// Runs one trial, again where its worker crashed; nil where the lanes were stopped.
  private func run(_ item: JSONObject, _ id: String, _ attempt: Int) throws -> JSONObject? {
    let job = try self.job(item)
    state.withLock { $0.active += 1 }
    defer { state.withLock { $0.active -= 1 } }
    var tries = 0
    while true {
      tries += 1
      let clock = ContinuousClock.now
      let started = Date().timeIntervalSince1970
      let found = pool.evaluate(
        job, budget: Budget(seconds: setup.limits.seconds ?? 1e7), seed: job.request.seed)
      let (whole, atto) = clock.duration(to: .now).components
      let seconds = Double(whole) + Double(atto) * 1e-18
      var result: JSONObject = ["id": .string(id)]
      switch found {
      case .success(let evaluated):
        for field in evaluated.answer.recorded.fields { result[field.name] = field.value }
        result["peak_bytes"] = .integer(Int64(evaluated.use.peakBytes))
      case .failure(let failure):
        guard let status = TrialStatus(failure) else {
          if failure.reason == .cancelled || isStopped { return nil }
          throw failure
        }
        if status == .crashed && tries <= setup.limits.retries && !isStopped { continue }
        if isStopped { return nil }
        result["status"] = .string(status.rawValue)
        result["metrics"] = .object(JSONObject())
        result["reason"] = .string(failure.message)
        if let log = failure.log { result["log"] = .string(log) }
      }
      result["attempt"] = .integer(Int64(attempt + tries - 1))
      result["worker"] = .string(Owner.here.name)
      result["started"] = .number((started * 1000).rounded() / 1000)
      result["seconds"] = .number(seconds)
      return result
    }
  }

  /// The request with the source of its method, as it was when the plan was made.
  private func job(_ item: JSONObject) throws -> TrialJob {
    var request = try TrialRequest(json: item["request"]?.object ?? JSONObject())
    if let loss = request.configuration["loss"]?.string, let method = setup.methods[loss] {
      request.configuration["loss"] = method
    }
    let place = item["task"]?.int ?? 0
    guard setup.tasks.indices.contains(place) else {
      throw StoreError.system(
        operation: "read", path: folder.setupPath, reason: "it has no task \(place)")
    }
    return TrialJob(
      task: setup.tasks[place], request: request, folder: setup.folder,
      keepsState: setup.keepsState)
  }

  private static func givenUp(_ id: String, _ attempts: Int) -> JSONObject {
    [
      "id": .string(id), "status": .string(TrialStatus.crashed.rawValue),
      "metrics": .object(JSONObject()),
      "reason": .string("\(attempts) workers ended while they ran it"),
      "attempt": .integer(Int64(attempts)), "worker": .string(Owner.here.name),
    ]
  }
}

extension TrialOutcome {
  /// The fields of a record that the outcome decides.
  var recorded: JSONObject {
    var record: JSONObject = [
      "status": .string(status.rawValue),
      "metrics": .object(JSONObject(metrics.map { ($0.name, .number($0.value)) })),
    ]
    if !curves.isEmpty {
      record["curves"] = .object(
        JSONObject(
          curves.keys.sorted().map { name in
            let points = curves[name] ?? []
            return (
              name,
              [
                "steps": .list(points.map { .integer(Int64($0.step)) }),
                "values": .list(points.map { .number($0.value) }),
              ]
            )
          }))
    }
    if let note { record[status == .diverged ? "reason" : "note"] = .string(note) }
    return record
  }
}
