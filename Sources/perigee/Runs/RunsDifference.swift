import ArgumentParser
import ExperimentStore
import Foundation
import Notation
import Report

/// `perigee runs diff A B`: in what two runs or two experiments differ.
struct RunsDifference: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show in what two runs or experiments differ: options, scripts, versions, results.",
    discussion: "Exit code 0 whether they differ or not; nothing is printed where they do not.")

  @Argument(help: "A run or experiment by name.")
  var first: String

  @Argument(help: "Another of the same kind.")
  var second: String

  func run() throws {
    let index = try RunIndex.open()
    let entries = [try index.find(first), try index.find(second)]
    guard entries[0].kind == entries[1].kind else {
      throw UsageError(
        "\(entries[0].name) is \(entries[0].kind == .run ? "a run" : "an experiment"), "
          + "\(entries[1].name) is not")
    }
    let sides = try entries.map { entry in
      try RecordSide(index.root.appendingPathComponent(entry.name, isDirectory: true), entry.kind)
    }
    let rows = RecordSide.differences(sides[0], sides[1])
    guard !rows.isEmpty else {
      Terminal.errors.writeLine("they do not differ")
      return
    }
    var table = TextTable(header: ["", entries[0].name, entries[1].name])
    table.rows = rows
    let terminal = Terminal.output
    for line in table.lines(columns: nil, { terminal.styled($0, .bold) }) { print(line) }
    for line in try RecordSide.sourceDifferences(sides[0], sides[1]) { print(line) }
  }
}

/// One side of a difference: fields by name, and the scripts.
struct RecordSide {
  private let fields: JSONObject
  private let sources: [(name: String, text: String)]

  init(_ folder: URL, _ kind: IndexedEntry.Kind) throws {
    var fields: [(String, JSONValue)] = []
    func add(_ prefix: String, _ value: JSONValue?) {
      guard let value else { return }
      if let object = value.object {
        for field in object.fields {
          add(prefix.isEmpty ? field.name : "\(prefix).\(field.name)", field.value)
        }
      } else {
        fields.append((prefix, value.list == nil ? value : .string(value.compactText)))
      }
    }
    let place: URL
    switch kind {
    case .run:
      let run = try RunDirectory(existing: folder)
      let configuration = try run.configuration()
      for name in ["subject", "options", "seed", "versions", "host"] {
        add(name == "options" ? "" : name, configuration[name])
      }
      add("result", try run.summary().map { .object(FlatRecord.results($0)) })
      place = run.sourcesURL
    case .experiment:
      let directory = try ExperimentDirectory(existing: folder)
      let plan = try directory.plan()
      var record = plan.record
      for name in ["cells", "created", "arms", "metrics", "content_hash", "sources"] {
        record[name] = nil
      }
      add("", .object(record))
      for arm in plan.arms { add("arm \(arm.name)", .object(arm.tuned)) }
      let arms = plan.arms.map { ("arm \($0.name)", JSONValue.string("present")) }
      fields += arms
      place = directory.sourcesURL
    }
    self.fields = JSONObject(fields)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
    sources = try names.sorted().map { name in
      (name, try String(contentsOf: place.appendingPathComponent(name), encoding: .utf8))
    }
  }

  /// The fields that are not the same, in the order of the first side.
  static func differences(_ first: RecordSide, _ second: RecordSide) -> [[String]] {
    let others = second.fields.names.filter { first.fields[$0] == nil }
    return (first.fields.names + others).compactMap { name in
      let (left, right) = (first.fields[name], second.fields[name])
      guard left != right else { return nil }
      return [name] + [left, right].map { cut($0.map(TrialPage.text) ?? "-") }
    }
  }

  /// Specifications and lists of seeds are long.
  private static func cut(_ text: String) -> String {
    text.count > 60 ? text.prefix(57) + "..." : text
  }

  /// Scripts that are not the same, by their first line that differs.
  static func sourceDifferences(_ first: RecordSide, _ second: RecordSide) throws -> [String] {
    let others = Dictionary(
      second.sources.map { ($0.name, $0.text) }, uniquingKeysWith: { $1 })
    var lines: [String] = []
    for source in first.sources {
      guard let other = others[source.name] else {
        lines.append("\(source.name): only in the first")
        continue
      }
      let pair = [source.text, other].map {
        $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      }
      let longest = max(pair[0].count, pair[1].count)
      let place = (0..<longest).first { index in
        (index < pair[0].count ? pair[0][index] : nil)
          != (index < pair[1].count ? pair[1][index] : nil)
      }
      guard let place else { continue }
      lines.append("\(source.name): line \(place + 1)")
      if place < pair[0].count { lines.append("  - " + pair[0][place]) }
      if place < pair[1].count { lines.append("  + " + pair[1][place]) }
    }
    let names = Set(first.sources.map(\.name))
    return lines
      + second.sources.filter { !names.contains($0.name) }.map {
        "\($0.name): only in the second"
      }
  }
}
