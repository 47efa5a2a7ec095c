import ExperimentStore
import Foundation
import Notation

/// A trial with all that other programs can use: a run, or a cell of an experiment.
public struct ExportedTrial: Equatable, Sendable {
  /// What the index knows of it.
  public var trial: IndexedTrial
  /// What was measured along the way.
  public var curves: [CellRecord.Curve]
  /// When it began, seconds since 1970.
  public var started: Double
  /// When it ended, seconds since 1970.
  public var ended: Double
  /// Why it did not finish.
  public var reason: String?

  /// Loads trials with their curves.
  ///
  /// - Parameters:
  ///   - index: What there is.
  ///   - entries: Names of runs and experiments; none for all.
  ///   - conditions: Which of their trials.
  /// - Returns: In the order of the index.
  /// - Throws: `StoreError` when records cannot be read.
  public static func load(
    _ index: RunIndex, entries: [String], where conditions: [FieldCondition] = []
  ) throws -> [ExportedTrial] {
    let names = try entries.map { try index.find($0).name }
    let trials = try index.trials(where: conditions).filter {
      names.isEmpty || names.contains($0.entry)
    }
    var cells: [String: [String: CellRecord]] = [:]
    return try trials.map { trial in
      let folder = index.root.appendingPathComponent(trial.entry, isDirectory: true)
      switch trial.kind {
      case .run: return try run(trial, try RunDirectory(existing: folder))
      case .experiment:
        let known = try cells[trial.entry] ?? byId(folder)
        cells[trial.entry] = known
        return cell(trial, known[trial.key])
      }
    }
  }

  private static func byId(_ folder: URL) throws -> [String: CellRecord] {
    let experiment = try Experiment(try ExperimentDirectory(existing: folder))
    return Dictionary(experiment.cells.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
  }

  private static func cell(_ trial: IndexedTrial, _ cell: CellRecord?) -> ExportedTrial {
    let ended = cell?.time ?? 0
    let started = cell?.started ?? (ended - (cell?.seconds ?? 0))
    return ExportedTrial(
      trial: trial, curves: cell?.curves ?? [], started: started, ended: max(ended, started),
      reason: cell?.reason)
  }

  private static func run(_ trial: IndexedTrial, _ run: RunDirectory) throws -> ExportedTrial {
    guard FileManager.default.fileExists(atPath: run.logURL.path) else {
      return ExportedTrial(trial: trial, curves: [], started: 0, ended: 0, reason: nil)
    }
    let log = try run.readLog()
    var curves: [CellRecord.Curve] = []
    for stage in log.stages {
      let steps = log.steps(of: stage)
      var names: [String] = []
      for step in steps {
        for name in step.metrics.names where !names.contains(name) { names.append(name) }
      }
      for name in names {
        let points = log.series(name, stage: stage)
        curves.append(
          CellRecord.Curve(
            metric: "\(stage)/\(name)", steps: points.map { Double($0.step) },
            values: points.map(\.value)))
      }
    }
    let times = log.events.map(\.time)
    return ExportedTrial(
      trial: trial, curves: curves, started: times.first ?? 0, ended: times.last ?? 0,
      reason: nil)
  }
}

/// Trials as text that any program reads.
public enum TextExport {
  /// One JSON object a line.
  ///
  /// - Parameter trials: What is exported.
  /// - Returns: The text.
  public static func jsonLines(_ trials: [ExportedTrial]) -> String {
    trials.map { exported in
      let trial = exported.trial
      var object = JSONObject()
      for name in ["name", "kind", "subject", "arm", "task", "seed", "phase", "status", "seconds"] {
        let value = trial.field(name)
        object[name] = value?.string == "" ? nil : value
      }
      object["key"] = .string(trial.key)
      object["reason"] = exported.reason.map(JSONValue.string)
      object["options"] = .object(trial.options)
      object["metrics"] = .object(trial.metrics)
      object["curves"] = .object(
        JSONObject(
          exported.curves.map { curve in
            (
              curve.metric,
              [
                "steps": .list(curve.steps.map(JSONValue.number)),
                "values": .list(curve.values.map(JSONValue.number)),
              ]
            )
          }))
      return JSONValue.object(object).compactText + "\n"
    }.joined()
  }

  /// Tidy comma-separated values: one line a trial and metric, or a trial, metric and step.
  ///
  /// - Parameters:
  ///   - trials: What is exported.
  ///   - hasCurves: Whether the lines are steps instead of results.
  /// - Returns: The text, header first; every option of any trial is a column.
  public static func csv(_ trials: [ExportedTrial], curves hasCurves: Bool) -> String {
    let fixed = ["name", "arm", "task", "seed", "phase", "status", "seconds"]
    var options: [String] = []
    for name in trials.flatMap(\.trial.options.names)
    where !options.contains(name) && !fixed.contains(name) {
      options.append(name)
    }
    let last = hasCurves ? ["metric", "step", "value"] : ["metric", "value"]
    var lines = [TidyTables.line(fixed + options + last)]
    for exported in trials {
      let trial = exported.trial
      let own =
        fixed.map { TidyTables.text(trial.field($0)) }
        + options.map { TidyTables.text(trial.options[$0]) }
      if hasCurves {
        for curve in exported.curves {
          for (step, value) in zip(curve.steps, curve.values) {
            lines.append(
              TidyTables.line(
                own + [curve.metric, TidyTables.number(step), TidyTables.number(value)]))
          }
        }
      } else {
        for field in trial.metrics.fields {
          lines.append(TidyTables.line(own + [field.name, TidyTables.text(field.value)]))
        }
        // A failed trial keeps its line, so that nobody loses it by reading metrics alone.
        if trial.metrics.fields.isEmpty { lines.append(TidyTables.line(own + ["", ""])) }
      }
    }
    return lines.joined()
  }
}
