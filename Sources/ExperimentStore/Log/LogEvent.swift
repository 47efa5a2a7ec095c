import Notation

/// One thing that happened in a run: one line of its log.
///
/// Steps count from 1 within their stage. On disk an event is an object whose first field,
/// `event`, names the case; the log adds `time`, seconds since 1970, as the last field.
public enum LogEvent: Equatable, Sendable {
  /// A stage, such as `supervised` or `preference`, begins.
  case stageStarted(stage: String, details: JSONObject)
  /// Metrics after one optimizer step.
  case step(stage: String, step: Int, metrics: JSONObject)
  /// A stage is over.
  case stageEnded(stage: String, details: JSONObject)
  /// The run goes on from a checkpoint: later steps of the stage already in the log are void.
  case resumed(stage: String, step: Int)
  /// A named result, such as an accuracy with its interval.
  case result(name: String, value: JSONValue)
  /// Anything else worth keeping, under a kind of the caller's choice.
  case note(kind: String, fields: JSONObject)

  /// Whether the log makes sure that the event is on the disk before going on.
  var isMilestone: Bool {
    switch self {
    case .stageEnded, .result, .resumed: true
    case .stageStarted, .step, .note: false
    }
  }

  func object(time: Double) -> JSONObject {
    var object = JSONObject()
    switch self {
    case .stageStarted(let stage, let details):
      object = ["event": "stage_start", "stage": .string(stage), "details": .object(details)]
    case .step(let stage, let step, let metrics):
      object = [
        "event": "step", "stage": .string(stage), "step": .integer(Int64(step)),
        "metrics": .object(metrics),
      ]
    case .stageEnded(let stage, let details):
      object = ["event": "stage_end", "stage": .string(stage), "details": .object(details)]
    case .resumed(let stage, let step):
      object = ["event": "resume", "stage": .string(stage), "step": .integer(Int64(step))]
    case .result(let name, let value):
      object = ["event": "result", "name": .string(name), "value": value]
    case .note(let kind, let fields):
      object = ["event": .string(kind), "fields": .object(fields)]
    }
    object["time"] = .number(time)
    return object
  }

  /// Reads an event back; nil when a field of its kind is missing or of another type.
  init?(_ object: JSONObject) {
    guard let kind = object["event"]?.string else { return nil }
    let stage = object["stage"]?.string
    let step = object["step"]?.integer.map(Int.init(truncatingIfNeeded:))
    let details = object["details"]?.object
    switch kind {
    case "stage_start":
      guard let stage, let details else { return nil }
      self = .stageStarted(stage: stage, details: details)
    case "stage_end":
      guard let stage, let details else { return nil }
      self = .stageEnded(stage: stage, details: details)
    case "step":
      guard let stage, let step, let metrics = object["metrics"]?.object else { return nil }
      // Infinite ones are written as strings.
      let numbers = metrics.fields.map { field in
        (field.name, field.value.double.map(JSONValue.number) ?? field.value)
      }
      self = .step(stage: stage, step: step, metrics: JSONObject(distinct: numbers))
    case "resume":
      guard let stage, let step else { return nil }
      self = .resumed(stage: stage, step: step)
    case "result":
      guard let name = object["name"]?.string, let value = object["value"] else { return nil }
      self = .result(name: name, value: value)
    default:
      guard let fields = object["fields"]?.object else { return nil }
      self = .note(kind: kind, fields: fields)
    }
  }
}
