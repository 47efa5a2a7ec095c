import ExperimentStore
import Notation
import Trials

/// What a trial is for.
typealias TrialPhase = CellRecord.Phase

/// One trial of a plan, named by the content of all that decides its result.
struct TrialCell: Sendable {
  /// The name of its arm.
  var arm: String
  /// The values of what varies.
  var settings: JSONObject
  /// Everything that the task is given.
  var configuration: JSONObject
  /// Place among the tasks.
  var task: Int
  var taskName: String
  var seed: Int
  var split: TrialSplit
  var varied: Set<TrialStream>
  var phase: TrialPhase
  /// What it consists of, each part by its text or hash.
  var parts: JSONObject
  /// SHA-256 of the parts.
  var id: String

  /// The request for a worker.
  var request: TrialRequest {
    TrialRequest(configuration, seed: UInt64(max(seed, 0)), varied: varied, split: split)
  }

  /// The fields of its record that are known before it runs.
  var record: JSONObject {
    [
      "id": .string(id), "arm": .string(arm), "settings": .object(settings),
      "configuration": .object(configuration), "task": .string(taskName),
      "seed": .integer(Int64(seed)), "split": .string(split.rawValue),
      "phase": .string(phase.rawValue), "parts": .object(parts),
    ]
  }

  /// Where in the plan it stands, whatever the content: what an older record of the same place is
  /// found by.
  var place: String { Self.place(record) }

  /// The place of a recorded cell.
  static func place(_ record: JSONObject) -> String {
    let configuration = (record["configuration"]?.object ?? JSONObject()).sorted
    let place: JSONValue = [
      .object(configuration), record["task"] ?? .null, record["seed"] ?? .null,
      record["split"] ?? .null,
    ]
    return place.compactText
  }
}

extension JSONObject {
  /// The fields in the order of their names, those of inner objects too.
  var sorted: JSONObject {
    JSONObject(
      distinct: fields.sorted { $0.name < $1.name }.map { field in
        (field.name, field.value.object.map { .object($0.sorted) } ?? field.value)
      })
  }
}

/// A trial that has been run, now or earlier.
struct CellResult: Sendable {
  let id: String
  let status: CellRecord.Status
  /// Empty where the trial gave no numbers.
  let metrics: [String: Double]
  /// Seconds that it took; nil where that was not recorded.
  let seconds: Double?
  let reason: String?

  /// Reads a record.
  init(_ record: JSONObject) {
    id = record["id"]?.string ?? ""
    status = record["status"]?.string.flatMap(CellRecord.Status.init(rawValue:)) ?? .failed
    var metrics: [String: Double] = [:]
    for field in record["metrics"]?.object?.fields ?? [] {
      metrics[field.name] = field.value.double
    }
    self.metrics = metrics
    seconds = record["seconds"]?.double
    reason = record["reason"]?.string
  }
}
