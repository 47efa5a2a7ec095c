import ExperimentStore
import Foundation
import Notation
import Tasks
import TensorCore

/// One run on disk: its folder, its log, its checkpoints, and what is shown of it meanwhile.
public final class TrialRun {
  /// The folder.
  public let directory: RunDirectory
  /// Nil once the run is over; another process may then write.
  private var log: MetricLog?
  private let style: ProgressLine.Style
  private let isResumed: Bool
  private let stopRequested: () -> Bool

  /// Steps between two entries of the log.
  private let logInterval: Int
  /// Seconds between two checkpoints of a stage.
  private static let checkpointInterval = 60.0

  /// Begins a run in a folder of its own, or goes on with one that was stopped.
  ///
  /// - Throws: `StoreError` when the folder or the log cannot be written.
  public init(
    _ configuration: RunConfiguration, resuming directory: RunDirectory? = nil,
    style: ProgressLine.Style, logInterval: Int = 10, stopRequested: @escaping () -> Bool
  ) throws {
    self.directory = try directory ?? RunDirectory.create(configuration)
    log = try self.directory.openLog()
    isResumed = directory != nil
    self.style = style
    self.logInterval = logInterval
    self.stopRequested = stopRequested
  }

  private func checkpoint(_ stage: String) -> URL {
    directory.checkpointsURL.appendingPathComponent(stage + ".safetensors")
  }

  /// Does all steps of a stage that are not done yet.
  ///
  /// - Returns: seconds a step took, the first one (which compiles) left out; nil when resumed at
  ///   the end.
  @discardableResult
  func train(_ loop: TrainingLoop) throws -> Double? {
    let file = checkpoint(loop.options.name)
    if isResumed, FileManager.default.fileExists(atPath: file.path) {
      try Checkpoint.restore(loop, from: file.path)
      try log?.append(.resumed(stage: loop.options.name, step: loop.step))
    } else {
      try log?.append(.stageStarted(stage: loop.options.name, details: details(loop)))
    }
    if loop.isDone { return nil }
    let progress = ProgressLine(
      loop.options.name, total: loop.options.steps, from: loop.step, style: style)
    let watch = StepWatch()
    var saved = Date()
    while !loop.isDone {
      do {
        try watch.time { try loop.advance() }
      } catch  where stopRequested() {
        // Stopped before the step changed anything: the loop is where the step before left it.
        throw try stop(loop, file)
      }
      try record(loop, progress)
      if stopRequested() { throw try stop(loop, file) }
      if -saved.timeIntervalSinceNow > TrialRun.checkpointInterval {
        try Checkpoint.save(loop, to: file.path)
        saved = Date()
      }
    }
    try Checkpoint.save(loop, to: file.path)
    let perStep = watch.medianSeconds
    try log?.append(
      .stageEnded(
        stage: loop.options.name,
        details: [
          "steps": .integer(Int64(loop.step)), "seconds_per_step": .number(perStep ?? .nan),
        ]))
    progress.finish("\(loop.step) steps")
    return perStep
  }

  private func stop(_ loop: TrainingLoop, _ file: URL) throws -> TrialInterrupted {
    try Checkpoint.save(loop, to: file.path)
    return TrialInterrupted(run: directory.name, stage: loop.options.name, step: loop.step)
  }

  /// The means of a stage's metrics over the last tenth of its log.
  func closingMetrics(_ stage: String) throws -> [String: Double] {
    let steps = try directory.readLog().events.compactMap { event -> JSONObject? in
      guard case .step(stage, _, let metrics) = event.event else { return nil }
      return metrics
    }
    let closing = steps.suffix(max(1, steps.count / 10))
    var means: [String: Double] = [:]
    for name in closing.last?.names ?? [] {
      let values = closing.compactMap { $0[name]?.double }
      means[name] = values.reduce(0, +) / Double(max(values.count, 1))
    }
    return means
  }

  private func details(_ loop: TrainingLoop) -> JSONObject {
    [
      "steps": .integer(Int64(loop.options.steps)),
      "batch": .integer(Int64(loop.options.batchSize)),
      "learning_rate": .number(loop.options.learningRate),
      "optimizer": .string(loop.options.optimizer),
      "parameters": .integer(Int64(loop.model.parameterCount)),
    ]
  }

  private func record(_ loop: TrainingLoop, _ progress: ProgressLine) throws {
    let isLogged = loop.step % logInterval == 0 || loop.step == 1 || loop.isDone
    guard isLogged || progress.wants(loop.step) else { return }
    let metrics = try loop.metrics()
    if isLogged {
      var object = JSONObject()
      for metric in metrics { object[metric.name] = .number(metric.value) }
      object["learning_rate"] = .number(loop.learningRate)
      try log?.append(.step(stage: loop.options.name, step: loop.step, metrics: object))
    }
    if let loss = metrics.first, !loss.value.isFinite {
      throw TensorError(
        loop.options.name,
        "the loss is \(loss.value) at step \(loop.step); the log is in "
          + directory.logURL.path)
    }
    guard progress.wants(loop.step) else { return }
    let shown = metrics.prefix(1) + metrics.filter { $0.name == "accuracy" }
    progress.update(
      loop.step,
      shown.map { "\($0.name) \(TrialRun.short($0.value))" }.joined(separator: "  "))
  }

  static func short(_ number: Double) -> String { String(format: "%.4f", number) }

  /// Records a result.
  public func result(_ name: String, _ value: JSONValue) throws {
    try log?.append(.result(name: name, value: value))
  }

  /// Records all results at the end.
  public func finish(_ summary: JSONObject) throws {
    try directory.writeSummary(summary)
    try log?.synchronize()
    log = nil
  }
}

/// A run that was asked to stop, and can be taken up again.
public struct TrialInterrupted: Error, CustomStringConvertible {
  let run: String
  let stage: String
  let step: Int

  /// Where it stopped and how to go on.
  public var description: String {
    "stopped at step \(step) of \(stage); go on with --resume \(run)"
  }
}

/// The time of single steps.
private final class StepWatch {
  private var seconds: [Double] = []

  func time(_ body: () throws -> Void) rethrows {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    seconds.append(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
  }

  /// The middle one, which compilations and pauses do not move.
  var medianSeconds: Double? {
    seconds.isEmpty ? nil : seconds.sorted()[seconds.count / 2]
  }
}
