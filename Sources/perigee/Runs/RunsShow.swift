import ArgumentParser
import ExperimentStore
import Foundation
import Notation
import Report

/// `perigee runs show`: everything recorded of a run, an experiment, or a cell.
struct RunsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what was recorded of a run, an experiment or one of its cells.")

  @Argument(help: "A run or experiment by name, or 'latest'.")
  var name: String

  @Argument(help: "The beginning of a cell's id.")
  var cell: String?

  func run() throws {
    let index = try RunIndex.open()
    let entry = try index.find(name)
    let url = index.root.appendingPathComponent(entry.name, isDirectory: true)
    let page = RecordPage(Terminal.output)
    switch entry.kind {
    case .run:
      if let cell { throw UsageError("\(entry.name) is a run, which has no cell '\(cell)'") }
      print(try page.run(try RunDirectory(existing: url), entry).joined(separator: "\n"))
    case .experiment:
      let experiment = try Experiment(try ExperimentDirectory(existing: url))
      let lines = try cell.map { page.cell(try Self.find($0, experiment), experiment) }
      print((lines ?? page.experiment(experiment)).joined(separator: "\n"))
    }
  }

  private static func find(_ text: String, _ experiment: Experiment) throws -> CellRecord {
    let matches = experiment.cells.filter { $0.id.hasPrefix(text) }
    guard let match = matches.first, matches.count == 1 else {
      throw UsageError(
        "\(matches.isEmpty ? "no cell" : "\(matches.count) cells") of "
          + "\(experiment.directory.name) begin with '\(text)'; "
          + "'perigee runs ls \(experiment.directory.name)' lists them")
    }
    return match
  }
}

/// Records as text.
struct RecordPage {
  private let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  private func heading(_ text: String) -> String { terminal.styled(text, .bold) }

  /// Names and values in two columns.
  private func fields(_ object: JSONObject, marked: [String] = []) -> [String] {
    let width = object.names.map(\.count).max() ?? 0
    return object.fields.map { field in
      let mark = marked.contains(field.name) ? "*" : " "
      let pad = String(repeating: " ", count: width - field.name.count)
      return "\(mark) \(field.name)\(pad)  \(TrialPage.text(field.value))"
    }
  }

  func run(_ run: RunDirectory, _ entry: IndexedEntry) throws -> [String] {
    let configuration = try run.configuration()
    var lines = [
      heading(run.name), "  \(entry.subject), \(entry.state.rawValue), \(entry.created)",
      "  \(run.url.path)", "", heading("Options") + ", those away from their defaults marked",
    ]
    let changed = configuration["changed"]?.list?.compactMap(\.string) ?? []
    var options = configuration["options"]?.object ?? JSONObject()
    options["seed"] = configuration["seed"]
    lines += fields(options, marked: changed)
    if let summary = try run.summary() {
      lines += ["", heading("Results")] + fields(FlatRecord.results(summary))
    }
    lines += try curves(run)
    lines += ["", heading("Made by")] + fields(FlatRecord.origin(configuration))
    let names = configuration["sources"]?.list?.compactMap { $0["name"]?.string } ?? []
    if !names.isEmpty { lines.append("  sources  " + names.joined(separator: ", ")) }
    return lines
  }

  private func curves(_ run: RunDirectory) throws -> [String] {
    guard let log = try? run.readLog() else { return [] }
    return log.stages.flatMap { stage -> [String] in
      let steps = log.steps(of: stage)
      guard let last = steps.last else { return [] }
      let width = last.metrics.names.map(\.count).max() ?? 0
      return ["", heading("Stage \(stage)") + ", \(last.step) steps"]
        + last.metrics.fields.compactMap { field in
          guard let value = field.value.double else { return nil }
          let series = log.series(field.name, stage: stage).map(\.value)
          let pad = String(repeating: " ", count: width - field.name.count)
          return "  \(field.name)\(pad)  \(Sparkline.text(series))  \(NumberText.short(value))"
        }
    }
  }

  func experiment(_ experiment: Experiment) -> [String] {
    let plan = experiment.plan
    let missing = experiment.missing.map { $0 > 0 ? ", \($0) missing" : "" } ?? ""
    var lines = [
      heading(experiment.directory.name),
      "  \(plan.kind), \(experiment.state.rawValue), \(plan.created)",
      "  \(experiment.directory.url.path)",
      "  \(experiment.cells.count) cells\(missing); \(plan.arms.count) arms, "
        + "\(plan.seeds.count) seeds",
      "", heading("Varied"),
    ]
    let factors = plan.factors.map { factor in
      (factor.name, JSONValue.string(factor.values.map(TrialPage.text).joined(separator: ", ")))
    }
    lines += fields(JSONObject(factors))
    lines += ["", heading("Measured")]
    lines += fields(
      JSONObject(
        plan.metrics.map { metric in
          let role = metric.name == plan.metric ? "decides; " : ""
          let sense = metric.maximize ? "more is better" : "less is better"
          return (metric.name, .string("\(role)\(sense). \(metric.documentation)"))
        }))
    let states = Dictionary(grouping: experiment.cells, by: \.status)
    let counts = CellRecord.Status.allCases.compactMap { status in
      states[status].map { (status.rawValue, JSONValue.integer(Int64($0.count))) }
    }
    lines += ["", heading("Cells")] + fields(JSONObject(counts))
    lines += ["", heading("Made by")] + fields(FlatRecord.origin(plan.provenance))
    return lines
  }

  func cell(_ cell: CellRecord, _ experiment: Experiment) -> [String] {
    var record = cell.record
    for name in ["configuration", "metrics", "curves", "settings"] { record[name] = nil }
    var lines = [heading(cell.id), "  of \(experiment.directory.name)", "", heading("Cell")]
    lines += fields(record) + ["", heading("Configuration")] + fields(cell.configuration)
    lines += ["", heading("Results")] + fields(cell.metrics)
    if !cell.curves.isEmpty {
      let curves = cell.curves.map { ($0.metric, JSONValue.string(Sparkline.text($0.values))) }
      lines += ["", heading("Curves")] + fields(JSONObject(curves))
    }
    let log = experiment.directory.logsURL.appendingPathComponent(cell.id + ".log")
    if let text = try? String(contentsOf: log, encoding: .utf8) {
      lines += ["", heading("Log"), text]
    }
    return lines
  }
}

/// Parts of records as flat fields.
enum FlatRecord {
  /// Results, each in one line: estimates with their interval.
  static func results(_ summary: JSONObject) -> JSONObject {
    JSONObject(
      summary.fields.map { field in
        guard let estimate = field.value["estimate"]?.double,
          let lower = field.value["lower"]?.double, let upper = field.value["upper"]?.double
        else { return (field.name, field.value) }
        let decimals = NumberText.decimals(forWidth: upper - lower)
        let texts = [estimate, lower, upper].map { NumberText.fixed($0, decimals) }
        return (field.name, .string("\(texts[0]) [\(texts[1]), \(texts[2])]"))
      })
  }

  /// Program, versions, git state and host.
  static func origin(_ record: JSONObject) -> JSONObject {
    var flat: [(String, JSONValue)] = []
    for name in ["command", "program", "versions", "git", "host", "script", "content_hash"] {
      guard let value = record[name] else { continue }
      if let nested = value.object {
        flat += nested.fields.map { ("\(name).\($0.name)", $0.value) }
      } else {
        flat.append((name, value))
      }
    }
    return JSONObject(flat)
  }
}
