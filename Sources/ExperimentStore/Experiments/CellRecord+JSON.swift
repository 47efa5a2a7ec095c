import Notation

extension CellRecord {
  /// The cell as one line of a log holds it, absent things left out.
  public var record: JSONObject {
    var object: JSONObject = [
      "id": .string(id), "arm": .string(arm), "settings": .object(settings),
      "configuration": .object(configuration),
    ]
    object["task"] = task.map(JSONValue.string)
    // Seeds beyond the signed integers are written as text.
    object["seed"] = Int64(exactly: seed).map(JSONValue.integer) ?? .string(String(seed))
    object["split"] = .string(split)
    object["phase"] = .string(phase.rawValue)
    object["status"] = .string(status.rawValue)
    object["metrics"] = .object(metrics)
    if !curves.isEmpty { object["curves"] = curvesRecord }
    object["reason"] = reason.map(JSONValue.string)
    object["note"] = note.map(JSONValue.string)
    object["attempt"] = .integer(Int64(attempt))
    object["worker"] = worker.map(JSONValue.string)
    object["started"] = started.map(JSONValue.number)
    object["seconds"] = seconds.map(JSONValue.number)
    object["peak_bytes"] = peakBytes.map(JSONValue.integer)
    object["replaces"] = replaces.map(JSONValue.string)
    object["stale_reason"] = staleReason.map(JSONValue.string)
    for field in extra.fields { object[field.name] = field.value }
    object["time"] = time.map(JSONValue.number)
    return object
  }

  private var curvesRecord: JSONValue {
    .object(
      JSONObject(
        curves.map { curve in
          let steps = curve.steps.map { step in
            Int64(exactly: step).map(JSONValue.integer) ?? .number(step)
          }
          let values = curve.values.map(JSONValue.number)
          return (curve.metric, ["steps": .list(steps), "values": .list(values)])
        }))
  }

  private static let known: Set = [
    "id", "arm", "settings", "configuration", "task", "seed", "split", "phase", "status", "metrics",
    "curves", "reason", "note", "attempt", "worker", "started", "seconds", "peak_bytes", "replaces",
    "stale_reason", "time",
  ]

  /// Reads what `record` gave, or what another writer of the same form wrote; nil when a field
  /// that every cell has is missing or of another type.
  ///
  /// - Parameter object: One line of a log.
  public init?(_ object: JSONObject) {
    guard let id = object["id"]?.string, let arm = object["arm"]?.string,
      let seed = object["seed"].flatMap(Self.seed),
      let status = object["status"]?.string.flatMap(Status.init)
    else { return nil }
    let settings = object["settings"]?.object ?? JSONObject()
    self.init(
      id: id, arm: arm, settings: settings,
      configuration: object["configuration"]?.object ?? settings,
      task: object["task"]?.string, seed: seed,
      split: object["split"]?.string ?? "reported",
      phase: object["phase"]?.string.flatMap(Phase.init) ?? .report, status: status,
      metrics: object["metrics"]?.object ?? JSONObject(),
      curves: object["curves"]?.object?.fields.compactMap(Self.curve) ?? [],
      reason: object["reason"]?.string, attempt: object["attempt"]?.int ?? 1)
    (note, worker) = (object["note"]?.string, object["worker"]?.string)
    (started, seconds) = (object["started"]?.double, object["seconds"]?.double)
    peakBytes = object["peak_bytes"]?.integer
    (replaces, staleReason) = (object["replaces"]?.string, object["stale_reason"]?.string)
    time = object["time"]?.double
    extra = JSONObject(
      distinct: object.fields.filter { !Self.known.contains($0.name) }.map { ($0.name, $0.value) })
  }

  private static func seed(_ value: JSONValue) -> UInt64? {
    value.integer.flatMap(UInt64.init(exactly:)) ?? value.string.flatMap(UInt64.init)
  }

  /// Two lists side by side, or a list of pairs.
  private static func curve(_ field: JSONObject.Field) -> Curve? {
    if let pairs = field.value.list {
      let points = pairs.compactMap { pair -> (Double, Double)? in
        guard let list = pair.list, list.count == 2, let step = list[0].double,
          let value = list[1].double
        else { return nil }
        return (step, value)
      }
      guard points.count == pairs.count else { return nil }
      return Curve(metric: field.name, steps: points.map(\.0), values: points.map(\.1))
    }
    guard let steps = field.value["steps"]?.list?.compactMap(\.double),
      let values = field.value["values"]?.list?.compactMap(\.double), steps.count == values.count
    else { return nil }
    return Curve(metric: field.name, steps: steps, values: values)
  }
}
