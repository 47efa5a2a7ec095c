import LuaBindings
import Notation

/// What a trial gave.
public struct TrialOutcome: Codable, Sendable, Hashable {
  /// How it ended.
  public enum Status: String, Codable, Sendable {
    /// All steps were done.
    case finished
    /// The loss or the parameters stopped being finite; the metrics are the reference's.
    case diverged
  }

  /// One metric.
  public struct Number: Codable, Sendable, Hashable {
    /// As the task declares it.
    public let name: String
    /// Always finite.
    public let value: Double

    /// A metric with its value.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// A value during training.
  public struct Point: Codable, Sendable, Hashable {
    /// Steps done.
    public let step: Int
    /// Always finite.
    public let value: Double

    /// A value after so many steps.
    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }
  }

  /// In the task's order.
  public var metrics: [Number]
  /// A few points of each metric, and of `loss`, by name.
  public var curves: [String: [Point]]
  /// How the trial ended.
  public var status: Status
  /// What else there is to say, such as why it diverged.
  public var note: String?

  /// An outcome.
  public init(
    metrics: [Number], curves: [String: [Point]] = [:], status: Status = .finished,
    note: String? = nil
  ) {
    self.metrics = metrics
    self.curves = curves
    self.status = status
    self.note = note
  }

  /// The value of a metric, or nil where the task has none of that name.
  public subscript(metric: String) -> Double? {
    metrics.first { $0.name == metric }?.value
  }

  /// The outcome as an object, its fields in one order, for logs.
  public var json: JSONObject {
    var json: JSONObject = [
      "status": .string(status.rawValue),
      "metrics": .object(JSONObject(metrics.map { ($0.name, .number($0.value)) })),
    ]
    json["curves"] = .object(
      JSONObject(
        curves.keys.sorted().map { name in
          let points = (curves[name] ?? []).map { point in
            JSONValue.list([.integer(Int64(point.step)), .number(point.value)])
          }
          return (name, .list(points))
        }))
    if let note { json["note"] = .string(note) }
    return json
  }

  /// Reads what `json` gave.
  ///
  /// - Throws: `DeclarationError` naming the field that is missing or wrong.
  public init(json: JSONObject) throws {
    guard let status = json["status"]?.string.flatMap(Status.init) else {
      throw DeclarationError("outcome: status must be finished or diverged")
    }
    guard let metrics = json["metrics"]?.object, let curves = json["curves"]?.object else {
      throw DeclarationError("outcome: metrics and curves must be objects")
    }
    let numbers = try metrics.fields.map { field in
      guard let value = field.value.double else {
        throw DeclarationError("outcome: metric \(field.name) must be a number")
      }
      return Number(field.name, value)
    }
    var points: [String: [Point]] = [:]
    for field in curves.fields {
      points[field.name] = try (field.value.list ?? []).map { pair in
        guard let list = pair.list, list.count == 2, let step = list[0].int,
          let value = list[1].double
        else {
          throw DeclarationError("outcome: a point of \(field.name) must be [step, value]")
        }
        return Point(step: step, value: value)
      }
    }
    self.init(metrics: numbers, curves: points, status: status, note: json["note"]?.string)
  }
}
