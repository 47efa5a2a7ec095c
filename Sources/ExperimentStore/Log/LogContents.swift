import Foundation
import Notation

/// An event as it stands in a log.
public struct LoggedEvent: Equatable, Sendable {
  /// Line number, from 1.
  public var line: Int
  /// Seconds since 1970 when it was written.
  public var time: Double
  /// What happened.
  public var event: LogEvent
}

/// Everything a log holds.
public struct LogContents: Equatable, Sendable {
  /// The events in the order they were written, void ones included.
  public private(set) var events: [LoggedEvent] = []
  /// Length in bytes of the complete lines.
  public private(set) var completeBytes = 0
  /// Bytes after the last complete line: what a killed writer had begun. They are ignored.
  public private(set) var tornBytes = 0

  /// Reads a log that may still be growing or may have been cut off in its last line.
  ///
  /// - Parameter url: The log file.
  /// - Throws: `StoreError` when it cannot be read, or with the line that is not an event.
  public init(contentsOf url: URL) throws {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw StoreError.system(
        operation: "read", path: url.path, reason: error.localizedDescription)
    }
    try self.init(data: data, path: url.path)
  }

  init(data: Data, path: String) throws {
    let lines = try JSONLines(
      data, path: path,
      expected: "an event: an object with 'event', the fields of its kind and 'time'"
    ) { object, line -> LoggedEvent? in
      guard let time = object["time"]?.double, let event = LogEvent(object) else { return nil }
      return LoggedEvent(line: line, time: time, event: event)
    }
    (events, completeBytes, tornBytes) = (lines.elements, lines.completeBytes, lines.tornBytes)
  }

  /// Metrics of one step.
  public struct Step: Equatable, Sendable {
    /// Step number within the stage, from 1.
    public var step: Int
    /// What was measured.
    public var metrics: JSONObject
  }

  /// The steps of a stage that count: those that a resumed run repeated appear once.
  ///
  /// - Parameter stage: Name of the stage.
  /// - Returns: Steps in ascending order of being written.
  public func steps(of stage: String) -> [Step] {
    var steps: [Step] = []
    for logged in events {
      switch logged.event {
      case .step(stage, let step, let metrics): steps.append(Step(step: step, metrics: metrics))
      case .resumed(stage, let step): steps.removeAll { $0.step > step }
      default: continue
      }
    }
    return steps
  }

  /// One metric of a stage along its steps; steps without it are left out.
  ///
  /// - Parameters:
  ///   - metric: Name of the metric.
  ///   - stage: Name of the stage.
  /// - Returns: Step numbers with their values.
  public func series(_ metric: String, stage: String) -> [(step: Int, value: Double)] {
    steps(of: stage).compactMap { step in
      step.metrics[metric]?.double.map { (step.step, $0) }
    }
  }

  /// The results by name, in the order first written; of a repeated name the last value holds.
  public var results: JSONObject {
    var results = JSONObject()
    for logged in events {
      if case .result(let name, let value) = logged.event { results[name] = value }
    }
    return results
  }

  /// Names of the stages in the order they began.
  public var stages: [String] {
    var stages: [String] = []
    for logged in events {
      if case .stageStarted(let stage, _) = logged.event, !stages.contains(stage) {
        stages.append(stage)
      }
    }
    return stages
  }
}
