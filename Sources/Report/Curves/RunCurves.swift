import ExperimentStore
import Notation

/// One metric of some runs along their steps: a curve for each group of runs that differ in
/// their seed alone, and a band where there are several.
public struct RunCurves {
  /// Runs that differ in nothing but the seed.
  struct Group: Equatable {
    let name: String
    let steps: [Double]
    let mean: [Double]
    /// Empty for a single run.
    let lower: [Double]
    let upper: [Double]
    let runs: Int
  }

  /// What was drawn.
  public let metric: String
  /// The stage of training.
  public let stage: String
  let groups: [Group]

  /// Reads the logs of runs.
  ///
  /// - Parameters:
  ///   - runs: at least one.
  ///   - metric: `loss` where nil, or what the runs have.
  ///   - stage: the last one where nil.
  /// - Throws: `ReportError` naming the metrics or stages there are; `StoreError`.
  public init(_ runs: [RunDirectory], metric: String?, stage: String?) throws {
    let records = try runs.map { Record($0, try $0.configuration(), try $0.readLog()) }
    guard let first = records.first else { throw ReportError("plot: there are no runs to draw") }
    let stage = try Self.stage(stage, first)
    let metric = try Self.metric(metric, stage, first)
    (self.metric, self.stage) = (metric, stage)
    var order: [String] = []
    var members: [String: [Record]] = [:]
    for record in records {
      if members[record.key] == nil { order.append(record.key) }
      members[record.key, default: []].append(record)
    }
    let differing = Self.differing(records)
    groups = try order.map { key in
      try Self.group(members[key] ?? [], metric, stage, differing)
    }
  }

  private struct Record {
    let run: RunDirectory
    let options: JSONObject
    let subject: String
    let log: LogContents

    init(_ run: RunDirectory, _ configuration: JSONObject, _ log: LogContents) {
      self.run = run
      self.log = log
      options = configuration["options"]?.object ?? JSONObject()
      subject = configuration["subject"]?.string ?? run.name
    }

    var names: [String] { options.names.filter { $0 != "seed" }.sorted() }

    /// Equal for runs that differ in their seed alone.
    var key: String {
      let parts = names.map { "\($0)=\(options[$0].map(RunCurves.text) ?? "")" }
      return ([subject] + parts).joined(separator: ";")
    }
  }

  private static func stage(_ wanted: String?, _ record: Record) throws -> String {
    let stages = record.log.stages
    if let wanted, stages.contains(wanted) { return wanted }
    guard wanted == nil, let last = stages.last else {
      let list = stages.isEmpty ? "no stages yet" : stages.joined(separator: ", ")
      let what = wanted.map { " \"\($0)\"" } ?? ""
      throw ReportError("plot: \(record.run.name) has no stage\(what); it has \(list)")
    }
    return last
  }

  private static func metric(_ wanted: String?, _ stage: String, _ record: Record) throws -> String
  {
    let steps = record.log.steps(of: stage)
    var names: [String] = []
    for step in steps {
      for name in step.metrics.names where !names.contains(name) { names.append(name) }
    }
    let choice = wanted ?? (names.contains("loss") ? "loss" : names.first)
    guard let choice, names.contains(choice) else {
      let list = names.isEmpty ? "none yet" : names.sorted().joined(separator: ", ")
      throw ReportError(
        "plot: \(record.run.name) has no metric \"\(wanted ?? "")\" in \(stage); it has \(list)")
    }
    return choice
  }

  /// Options that are not the same in all runs.
  private static func differing(_ records: [Record]) -> [String] {
    let names = Set(records.flatMap(\.names)).sorted()
    return names.filter { name in
      Set(records.map { $0.options[name].map(text) ?? "" }).count > 1
    }
  }

  private static func group(
    _ records: [Record], _ metric: String, _ stage: String, _ differing: [String]
  ) throws -> Group {
    var values: [Int: [Double]] = [:]
    for record in records {
      for (step, value) in record.log.series(metric, stage: stage) {
        values[step, default: []].append(value)
      }
    }
    let steps = values.keys.sorted()
    let rows = steps.map { values[$0] ?? [] }
    let isSingle = records.count == 1
    let ends = try isSingle ? [] : rows.map(interval)
    let parts = differing.map { name in
      "\(name) \(records.first?.options[name].map(text) ?? "unset")"
    }
    let name = parts.isEmpty ? records.first?.run.name ?? "" : parts.joined(separator: ", ")
    return Group(
      name: isSingle ? name : "\(name) (\(records.count) seeds)", steps: steps.map(Double.init),
      mean: rows.map { $0.reduce(0, +) / Double($0.count) }, lower: ends.map(\.0),
      upper: ends.map(\.1), runs: records.count)
  }

  /// The 95 % bootstrap interval of the mean; the range of two values.
  private static func interval(_ values: [Double]) throws -> (Double, Double) {
    guard values.count > 2 else { return (values.min() ?? .nan, values.max() ?? .nan) }
    let interval = try Bootstrap(resamples: 1000).mean(values)
    return (interval.lower, interval.upper)
  }

  private static func text(_ value: JSONValue) -> String {
    if let text = value.string { return text }
    if let integer = value.integer { return String(integer) }
    if let number = value.double { return String(number) }
    return "\(value)"
  }

  /// The picture: bands below, curves above.
  public func figure(title: String?) -> Figure {
    var series: [Figure.Series] = []
    for (style, group) in groups.enumerated() where !group.lower.isEmpty {
      series.append(
        Figure.Series(
          "", style: style, mark: .band(lower: group.lower), x: group.steps, y: group.upper))
    }
    for (style, group) in groups.enumerated() {
      series.append(
        Figure.Series(group.name, style: style, x: group.steps, y: group.mean))
    }
    let label = metric.replacing("_", with: " ")
    let hasBands = groups.contains { $0.runs > 1 }
    let usual = "\(label), \(stage)" + (hasBands ? ": mean and 95 % interval over seeds" : "")
    return Figure(
      title: title ?? usual, xLabel: "step",
      panels: [Figure.Panel(yLabel: label, series: series)])
  }
}
