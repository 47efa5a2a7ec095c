import ExperimentStore
import Foundation
import Notation

/// Experiments as a journal of Optuna: one study each, one trial a cell.
public enum OptunaExport {
  private static let worker = "perigee"

  /// The journal.
  ///
  /// - Parameters:
  ///   - trials: Cells of experiments; runs are left out.
  ///   - plans: The plan of each experiment by name.
  /// - Returns: One operation a line.
  public static func journal(
    _ trials: [ExportedTrial], plans: [String: ExperimentPlan]
  ) -> String {
    var lines: [JSONObject] = []
    var number: Int64 = 0
    for (study, name) in plans.keys.sorted().enumerated() {
      guard let plan = plans[name] else { continue }
      let own = trials.filter { $0.trial.entry == name }
      lines.append(
        operation(
          0,
          [
            "study_name": .string(name),
            // Optuna counts 1 for less is better, 2 for more.
            "directions": [.integer(plan.decisive.maximize ? 2 : 1)],
          ]))
      let metric = operation(
        2, ["study_id": .integer(Int64(study)), "user_attr": ["metric": .string(plan.metric)]])
      lines.append(metric)
      let axes = Axes(own.map(\.trial), plan)
      for exported in own {
        lines += operations(exported, plan, axes, study: Int64(study), number: number)
        number += 1
      }
    }
    return lines.map { JSONValue.object($0).compactText + "\n" }.joined()
  }

  private static func operation(_ code: Int64, _ fields: JSONObject) -> JSONObject {
    var object: JSONObject = ["op_code": .integer(code), "worker_id": .string(worker)]
    for field in fields.fields { object[field.name] = field.value }
    return object
  }

  private static func operations(
    _ exported: ExportedTrial, _ plan: ExperimentPlan, _ axes: Axes, study: Int64, number: Int64
  ) -> [JSONObject] {
    let trial = exported.trial
    let id = JSONValue.integer(number)
    var lines = [
      operation(
        4, ["study_id": .integer(study), "datetime_start": .string(date(exported.started))])
    ]
    for field in trial.options.fields {
      guard let axis = axes[field.name], let value = axis.position(field.value) else { continue }
      lines.append(
        operation(
          5,
          [
            "trial_id": id, "param_name": .string(field.name), "param_value_internal": value,
            "distribution": .string(axis.distribution.compactText),
          ]))
    }
    lines += intermediate(exported, plan, id) + notes(exported, plan, id)
    lines.append(end(exported, plan, id))
    return lines
  }

  /// Values along the steps.
  private static func intermediate(
    _ exported: ExportedTrial, _ plan: ExperimentPlan, _ id: JSONValue
  ) -> [JSONObject] {
    guard let curve = exported.curves.first(where: { $0.metric == plan.metric }) else { return [] }
    return zip(curve.steps, curve.values).filter(\.1.isFinite).map { step, value in
      let place = Int64(exactly: step.rounded()) ?? 0
      return operation(
        7, ["trial_id": id, "step": .integer(place), "intermediate_value": .number(value)])
    }
  }

  /// What is no parameter: seed, arm, how it ended, further metrics.
  private static func notes(
    _ exported: ExportedTrial, _ plan: ExperimentPlan, _ id: JSONValue
  ) -> [JSONObject] {
    let trial = exported.trial
    var notes: [(String, JSONValue)] = [
      ("seed", trial.field("seed") ?? .null), ("arm", .string(trial.arm)),
      ("phase", .string(trial.phase)), ("status", .string(trial.status)),
    ]
    if !trial.task.isEmpty { notes.append(("task", .string(trial.task))) }
    if let reason = exported.reason { notes.append(("reason", .string(reason))) }
    notes += trial.metrics.fields.filter { $0.name != plan.metric }.map { ($0.name, $0.value) }
    return notes.map { name, value in
      operation(8, ["trial_id": id, "user_attr": .object([name: value])])
    }
  }

  private static func end(
    _ exported: ExportedTrial, _ plan: ExperimentPlan, _ id: JSONValue
  ) -> JSONObject {
    let trial = exported.trial
    let value = trial.isFinished ? trial.metrics[plan.metric]?.double : nil
    let isComplete = value.map(\.isFinite) ?? false
    // States: 1 complete, 2 pruned, 3 failed.
    let state: Int64 = isComplete ? 1 : trial.status == "pruned" ? 2 : 3
    return operation(
      6,
      [
        "trial_id": id, "state": .integer(state),
        "values": isComplete ? .list([.number(value ?? 0)]) : .null,
        "datetime_complete": .string(date(exported.ended)),
      ])
  }

  private static func date(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: true)
        .timeZone(separator: .omitted)
    ).replacing("Z", with: "+00:00")
  }

  /// What each option ranges over: the same in all trials of a study, as Optuna wants it.
  private struct Axes {
    private var axes: [String: Axis] = [:]

    init(_ trials: [IndexedTrial], _ plan: ExperimentPlan) {
      var values: [String: [JSONValue]] = [:]
      for field in trials.flatMap(\.options.fields) where field.name != "seed" {
        values[field.name, default: []].append(field.value)
      }
      for (name, all) in values {
        let isLogarithmic = plan.factors.first { $0.name == name }?.isLogarithmic ?? false
        axes[name] = Axis(all, isLogarithmic: isLogarithmic)
      }
    }

    subscript(name: String) -> Axis? { axes[name] }
  }

  private struct Axis {
    private var choices: [JSONValue] = []
    let distribution: JSONValue

    init(_ values: [JSONValue], isLogarithmic: Bool) {
      let numbers = values.compactMap(\.double).filter(\.isFinite)
      if let low = numbers.min(), let high = numbers.max(), numbers.count == values.count {
        distribution = [
          "name": "FloatDistribution",
          "attributes": [
            "step": nil, "low": .number(low), "high": .number(high),
            "log": .bool(isLogarithmic && low > 0),
          ],
        ]
        return
      }
      for value in values.map(Self.plain) where !choices.contains(value) { choices.append(value) }
      distribution = [
        "name": "CategoricalDistribution", "attributes": ["choices": .list(choices)],
      ]
    }

    /// What Optuna stores: the number itself, or the place among the choices.
    func position(_ value: JSONValue) -> JSONValue? {
      if choices.isEmpty { return value.double.map(JSONValue.number) }
      return choices.firstIndex(of: Self.plain(value)).map { .integer(Int64($0)) }
    }

    /// Choices are texts, numbers, truth values or nothing.
    private static func plain(_ value: JSONValue) -> JSONValue {
      value.list == nil && value.object == nil ? value : .string(value.compactText)
    }
  }
}
