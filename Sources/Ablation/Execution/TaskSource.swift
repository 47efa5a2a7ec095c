import ExperimentStore
import Foundation
import LuaBindings
import LuaRuntime
import Notation
import Trials

/// How workers rebuild the tasks that trials name.
enum TaskSource {
  static let specified = "specified"
  static let function = "function"
  static let recipe = "recipe"

  /// Runs one trial.
  typealias Runner = (TrialRequest) throws -> TrialOutcome

  /// What runs the trials of the task that a description stands for: `{ kind, specification }`,
  /// `{ kind, file, place }` or `{ kind, file }`.
  static func runner(_ source: JSONObject, in runner: ScriptRunner) throws -> Runner {
    let file = source["file"]?.string ?? ""
    switch source["kind"]?.string {
    case specified:
      let task = try TrialTasks.make(source["specification"]?.object ?? JSONObject())
      return { try task.run($0, in: runner.session) }
    case recipe:
      return { _ in try RecipeTask.run(file, in: runner) }
    default:
      let function = try declared(source["place"]?.string ?? "task", file, runner)
      return { try FunctionTask.run(function, $0, in: runner.session) }
    }
  }

  /// The function at a place of the declaration that a file returns.
  private static func declared(
    _ place: String, _ file: String, _ runner: ScriptRunner
  ) throws -> LuaFunction {
    var value = try runner.session.lua.runFile(file).first ?? .nil
    if case .function(let function) = value { return function }
    for name in place.split(separator: ".") {
      value = value.tableValue?[String(name)] ?? .nil
    }
    guard case .function(let function) = value else {
      throw DeclarationError("\(file): \(place) is no function any more; was the file changed?")
    }
    return function
  }
}

/// A task that is a function of a script:
/// `function(config, seed, trial) return { metric = x } end`.
enum FunctionTask {
  static func run(
    _ function: LuaFunction, _ request: TrialRequest, in session: ScriptSession
  ) throws -> TrialOutcome {
    let seed = LuaValue.integer(Int(truncatingIfNeeded: request.seed))
    let trial = LuaTable([
      "split": .string(request.split.rawValue), "seed": seed,
      "varied": .table(
        LuaTable(
          items: TrialStream.allCases.filter(request.varied.contains).map {
            .string($0.rawValue)
          })),
    ])
    let values = try session.lua.call(
      function, [request.configuration.nestedLua, seed, .table(trial)])
    return try Self.outcome(values.first ?? .nil, session)
  }

  /// What the function returned: named numbers, `curves = { name = { {step, value}, ... } }`,
  /// `note`. A number that is not finite is a divergence.
  private static func outcome(
    _ value: LuaValue, _ session: ScriptSession
  ) throws -> TrialOutcome {
    guard let table = value.tableValue, !table.names.isEmpty else {
      throw DeclarationError(
        "the task must return its metrics by name, such as { accuracy = 0.7 }, got "
          + value.typeName)
    }
    var outcome = TrialOutcome(metrics: [])
    var strange: [String] = []
    for name in table.names where !["curves", "note", "status"].contains(name) {
      guard let number = try number(table[name], session) else {
        throw DeclarationError(
          "the task's metric \(name) must be a number, got \(table[name].typeName)")
      }
      if number.isFinite {
        outcome.metrics.append(TrialOutcome.Number(name, number))
      } else {
        strange.append("\(name) is \(number)")
      }
    }
    outcome.note = table["note"].stringValue
    outcome.curves = try curves(table["curves"])
    if !strange.isEmpty || table["status"].stringValue == "diverged" {
      outcome.status = .diverged
      let what = strange.joined(separator: ", ")
      outcome.note = [outcome.note, what].compactMap { $0 }.filter { !$0.isEmpty }
        .joined(separator: "; ")
    }
    return outcome
  }

  private static func number(_ value: LuaValue, _ session: ScriptSession) throws -> Double? {
    if case .boolean(let flag) = value { return flag ? 1 : 0 }
    if let number = value.numberValue { return number }
    guard let tensor = session.tensor(value), tensor.count == 1 else { return nil }
    return try tensor.item()
  }

  private static func curves(_ value: LuaValue) throws -> [String: [TrialOutcome.Point]] {
    guard let table = value.tableValue else { return [:] }
    var curves: [String: [TrialOutcome.Point]] = [:]
    for name in table.names {
      curves[name] = try (table[name].tableValue?.items ?? []).map { item in
        guard let pair = item.tableValue?.items, pair.count == 2,
          let step = pair[0].integerValue, let value = pair[1].numberValue
        else {
          throw DeclarationError("the task's curve \(name) must be a list of { step, value }")
        }
        return TrialOutcome.Point(step: step, value: value)
      }.filter { $0.value.isFinite }
    }
    return curves
  }
}
