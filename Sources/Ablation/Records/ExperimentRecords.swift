import ExperimentStore
import Foundation
import Glibc
import Notation

/// The records of an experiment, held for writing by one coordinator at a time.
final class ExperimentRecords {
  /// The folder.
  let url: URL
  /// Every recorded cell by its id; of a repeated id the last line.
  private(set) var known: [String: JSONObject] = [:]
  /// Recorded cells by their place in a plan.
  private(set) var byPlace: [String: [String]] = [:]
  private let directory: ExperimentDirectory
  private let cells: CellLog
  private var hasDecisions = false

  var workPath: String { url.appendingPathComponent("work").path }
  var sourcesURL: URL { directory.sourcesURL }

  /// Opens the records, made if need be, and takes in what workers published while no coordinator
  /// lived.
  ///
  /// - Throws: `AblationError` where another coordinator has them.
  init(_ name: String, in root: URL) throws {
    directory = try ExperimentDirectory.make(name, in: root)
    url = directory.url
    do {
      cells = try directory.openCells()
    } catch StoreError.locked {
      throw AblationError("\(url.path): another process is running this ablation")
    }
    for record in try Self.read(url) { remember(record) }
    try takeLeftovers()
  }

  /// The cells of a folder that somebody else may be writing.
  ///
  /// - Throws: `StoreError.malformed` with a line that is none.
  static func read(_ url: URL) throws -> [JSONObject] {
    let path = url.appendingPathComponent("cells.jsonl").path
    let data = FileManager.default.contents(atPath: path) ?? Data()
    var objects: [JSONObject] = []
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last line feed was begun and not finished.
    for (place, line) in lines.dropLast().enumerated() {
      guard let object = (try? JSONValue(parsing: line))?.object else {
        if place == lines.count - 2 { break }
        throw StoreError.malformed(path: path, line: place + 1, reason: "expected an object")
      }
      objects.append(object)
    }
    return objects
  }

  private func remember(_ record: JSONObject) {
    guard let id = record["id"]?.string else { return }
    if known[id] == nil { byPlace[TrialCell.place(record), default: []].append(id) }
    known[id] = record
  }

  /// Appends cells and forces them to the disk.
  func append(_ records: [JSONObject]) throws {
    guard !records.isEmpty else { return }
    try cells.append(records.compactMap { CellRecord($0) })
    for record in records { remember(record) }
  }

  /// Appends a decision of tuning. A session that goes on makes the same ones again, so that the
  /// file is begun anew; it is not forced to the disk.
  func note(_ decision: JSONObject) throws {
    let path = directory.decisionsURL.path
    if !hasDecisions { unlink(path) }
    hasDecisions = true
    try SharedFiles.append(path, JSONValue.object(decision).compactText + "\n")
  }

  func writePlan(_ plan: ExperimentPlan) throws { try directory.write(plan) }

  /// Keeps a text under a name that holds its digest.
  func keep(_ source: SourceText) throws {
    let place = sourcesURL.appendingPathComponent(source.fileName).path
    guard !FileManager.default.fileExists(atPath: place) else { return }
    try SharedFiles.makeFolder(sourcesURL.path)
    try SharedFiles.replace(place, source.text)
  }

  /// Keeps what a failed trial's worker said.
  func keepLog(_ text: String, of id: String) throws {
    try SharedFiles.makeFolder(directory.logsURL.path)
    try SharedFiles.replace(directory.logsURL.appendingPathComponent("\(id).log").path, text)
  }

  /// The whole record of a cell: what was known before, what the trial gave, and the time.
  func complete(_ base: JSONObject, _ result: JSONObject) throws -> JSONObject {
    var record = base
    for field in result.fields where field.name != "log" { record[field.name] = field.value }
    if let log = result["log"]?.string, let id = record["id"]?.string {
      try keepLog(log, of: id)
    }
    return record
  }

  /// Results that were published and not recorded before a coordinator was killed.
  private func takeLeftovers() throws {
    var found: [JSONObject] = []
    for folder in WorkFolder.all(in: workPath) {
      for chunk in SharedFiles.names(folder.path + "/done") {
        let bases = folder.bases(of: chunk)
        for result in folder.results(of: chunk) {
          guard let id = result["id"]?.string, known[id] == nil, let base = bases[id] else {
            continue
          }
          found.append(try complete(base, result))
        }
      }
    }
    try append(found)
  }
}

extension WorkFolder {
  /// What is known of the cells of a chunk beside their results.
  func bases(of chunk: String) -> [String: JSONObject] {
    var bases: [String: JSONObject] = [:]
    for line in (SharedFiles.text(queue(chunk)) ?? "").split(separator: "\n") {
      guard let item = (try? JSONValue(parsing: line.utf8))?.object,
        let id = item["id"]?.string
      else { continue }
      bases[id] = item["record"]?.object
    }
    return bases
  }
}

/// An ablation that cannot go on.
public struct AblationError: Error, CustomStringConvertible {
  /// What is wrong and what can be done.
  public let description: String

  init(_ description: String) { self.description = description }
}
