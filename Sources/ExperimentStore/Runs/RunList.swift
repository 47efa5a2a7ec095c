import Foundation
import Notation

/// A run as lists show it.
public struct RunRecord: Equatable, Sendable {
  /// How far a run got.
  public enum State: String, Equatable, Sendable {
    /// It wrote its summary.
    case finished
    /// A process is writing its log.
    case running
    /// It ended without a summary: stopped, killed or failed. It can be resumed.
    case stopped
  }

  /// The folder.
  public var directory: RunDirectory
  /// When it began, ISO 8601 in UTC.
  public var created: String
  /// How far it got.
  public var state: State
  /// What was recorded when it was made.
  public var configuration: JSONObject
  /// What came out, for finished runs.
  public var summary: JSONObject?
}

/// The runs in one folder.
public struct RunList: Equatable, Sendable {
  /// Folder of all runs.
  public var root: URL

  /// Lists the runs below `root`, a folder that need not exist yet.
  public init(root: URL = RunDirectory.root()) {
    self.root = root
  }

  /// All runs, newest first; of equal times by name.
  ///
  /// - Returns: Runs; folders without a readable `config.json` are not runs and left out.
  /// - Throws: `StoreError.system` when the folder exists and cannot be read.
  public func records() throws -> [RunRecord] {
    try names().compactMap { name -> RunRecord? in
      let directory = RunDirectory(url: root.appendingPathComponent(name, isDirectory: true))
      guard let configuration = try? directory.configuration() else { return nil }
      // A summary that cannot be read counts as not written.
      let summary = (try? directory.summary()) ?? nil
      let isRunning = MetricLog.isBeingWritten(directory.logURL)
      return RunRecord(
        directory: directory, created: configuration["created"]?.string ?? "",
        state: isRunning ? .running : summary == nil ? .stopped : .finished,
        configuration: configuration, summary: summary)
    }.sorted { ($1.created, $0.directory.name) < ($0.created, $1.directory.name) }
  }

  /// Finds one run.
  ///
  /// - Parameter text: A run's name, the beginning of just one name, the beginning of a content
  ///   hash (4 digits or more), or `latest`.
  /// - Returns: Its folder.
  /// - Throws: `StoreError.unknownRun` with the nearest name, or `.ambiguousRun` with the names.
  public func find(_ text: String) throws -> RunDirectory {
    let records = try records()
    if text == "latest", let newest = records.first { return newest.directory }
    if let exact = records.first(where: { $0.directory.name == text }) { return exact.directory }
    let matches = records.filter { record in
      let hash = record.configuration["content_hash"]?.string ?? ""
      return !text.isEmpty && record.directory.name.hasPrefix(text)
        || text.count >= 4 && hash.hasPrefix(text)
    }
    if matches.count == 1, let match = matches.first { return match.directory }
    let names = (matches.isEmpty ? records : matches).map(\.directory.name).sorted()
    guard matches.isEmpty else { throw StoreError.ambiguousRun(name: text, candidates: names) }
    // Names are long and end in a hash: what was typed is compared with as much of each.
    let beginnings = names.map { String($0.prefix(text.count)) }
    let nearest = NearestName.find(text, in: beginnings)
      .flatMap { beginnings.firstIndex(of: $0) }.map { names[$0] }
    throw StoreError.unknownRun(
      name: text, root: root.path, nearest: nearest ?? records.first?.directory.name)
  }

  private func names() throws -> [String] {
    guard FileManager.default.fileExists(atPath: root.path) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
    } catch {
      throw StoreError.system(
        operation: "list", path: root.path, reason: error.localizedDescription)
    }
  }
}
