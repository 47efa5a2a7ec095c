import Notation

/// A run or an experiment as the index knows it.
public struct IndexedEntry: Equatable, Sendable {
  /// What a folder holds.
  public enum Kind: String, Sendable {
    /// One run of a recipe.
    case run
    /// Many trials under one plan.
    case experiment
  }

  /// Name of the folder.
  public var name: String
  /// What it holds.
  public var kind: Kind
  /// Recipe of a run; kind of an experiment, such as `ablation`.
  public var subject: String
  /// How far it got.
  public var state: RunRecord.State
  /// When it began, ISO 8601.
  public var created: String
  /// Number of trials: 1 for a run.
  public var trials: Int
  /// How many of them failed.
  public var failed: Int
}

/// A trial as the index knows it: a run, or a cell of an experiment.
public struct IndexedTrial: Equatable, Sendable {
  /// Name of the run or experiment.
  public var entry: String
  /// What the entry is.
  public var kind: IndexedEntry.Kind
  /// Recipe of a run; kind of an experiment.
  public var subject: String
  /// Name of the run, or id of the cell.
  public var key: String
  /// The arm of a cell; empty for runs.
  public var arm: String
  /// The task of a cell where there are several.
  public var task: String
  /// The seed.
  public var seed: UInt64
  /// What it was for, `report` or `tune`.
  public var phase: String
  /// How it ended.
  public var status: String
  /// How long it took.
  public var seconds: Double?
  /// Options by name, nested ones with dots.
  public var options: JSONObject
  /// Results by name.
  public var metrics: JSONObject
  /// Whatever else was recorded, such as the worker and the reason of a failure.
  public var extra: JSONObject

  /// Whether it came to its end with numbers of its own.
  public var isFinished: Bool { status == "finished" }

  /// A field by the name that conditions use.
  ///
  /// - Parameter name: `seed`, `status` and so on, an option, or a metric.
  /// - Returns: Nil where the trial has no such field.
  public func field(_ name: String) -> JSONValue? {
    switch name {
    case "name": return .string(entry)
    case "kind": return .string(kind.rawValue)
    case "subject": return .string(subject)
    case "arm": return .string(arm)
    case "task": return .string(task)
    case "seed": return Int64(exactly: seed).map(JSONValue.integer) ?? .string(String(seed))
    case "phase": return .string(phase)
    case "status": return .string(status)
    case "seconds": return seconds.map(JSONValue.number)
    default: return options[name] ?? metrics[name] ?? extra[name]
    }
  }
}

/// Trials that differ in nothing but their seed.
public struct TrialGroup: Equatable, Sendable {
  /// The trials, in the order given.
  public var trials: [IndexedTrial]

  /// Puts trials together that differ in nothing but their seed.
  ///
  /// - Parameter trials: In any order.
  /// - Returns: Groups in the order of their first trial.
  public static func groups(_ trials: [IndexedTrial]) -> [TrialGroup] {
    var places: [String: Int] = [:]
    var groups: [TrialGroup] = []
    for trial in trials {
      let key = key(trial)
      if let place = places[key] {
        groups[place].trials.append(trial)
      } else {
        places[key] = groups.count
        groups.append(TrialGroup(trials: [trial]))
      }
    }
    return groups
  }

  private static func key(_ trial: IndexedTrial) -> String {
    let names = trial.options.names.filter { $0 != "seed" }.sorted()
    let options = names.map { "\($0)=\(trial.options[$0]?.compactText ?? "")" }
    let place = trial.kind == .experiment ? [trial.entry, trial.arm, trial.task, trial.phase] : []
    return ([trial.kind.rawValue, trial.subject] + place + options).joined(separator: "\u{1F}")
  }

  /// Names of the options that are not the same in all groups, in the order first met.
  ///
  /// - Parameter groups: Any groups.
  /// - Returns: Names, without the seed.
  public static func differing(_ groups: [TrialGroup]) -> [String] {
    var (order, seen) = ([String](), [String: Set<String>]())
    for group in groups {
      for field in group.trials.first?.options.fields ?? [] where field.name != "seed" {
        if seen[field.name] == nil { order.append(field.name) }
        seen[field.name, default: []].insert(field.value.compactText)
      }
    }
    // An option that some groups lack differs too.
    let lacking = Set(
      order.filter { name in groups.contains { $0.trials.first?.options[name] == nil } })
    return order.filter { lacking.contains($0) || seen[$0].map { $0.count > 1 } ?? false }
  }

  /// The numbers of a metric with their seeds, of the trials that have it, by seed.
  ///
  /// - Parameter metric: Its name.
  /// - Returns: Of a repeated seed the last trial counts.
  public func values(_ metric: String) -> [(seed: UInt64, value: Double)] {
    var bySeed: [UInt64: Double] = [:]
    for trial in trials {
      if let value = trial.metrics[metric]?.double { bySeed[trial.seed] = value }
    }
    return bySeed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
