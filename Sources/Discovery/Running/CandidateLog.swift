import ExperimentStore
import Foundation
import Notation
import Synchronization

/// `candidates.jsonl`: every candidate as soon as it is known, forced to the disk.
///
/// Any thread may append.
public final class CandidateLog: Sendable {
  /// What a log holds.
  public struct Contents: Sendable {
    /// Candidates in the order they were written.
    public var candidates: [CandidateRecord] = []
    /// Generations that were finished, and seconds of searching up to then.
    public var generations: [(number: Int, seconds: Double)] = []
    /// Other entries by kind.
    public var others: [(kind: String, fields: JSONObject)] = []

    /// An empty log.
    public init() {}

    /// Entries of one kind.
    public func entries(_ kind: String) -> [JSONObject] {
      others.filter { $0.kind == kind }.map(\.fields)
    }
  }

  private let log: Mutex<MetricLog>

  /// Opens the log for appending; what a killed writer had begun is cut off.
  ///
  /// - Throws: `StoreError`; `.locked` where another process searches in the same folder.
  public init(appendingTo url: URL) throws {
    log = Mutex(try MetricLog(appendingTo: url))
  }

  /// Appends a candidate.
  public func append(_ record: CandidateRecord) throws {
    try append("candidate", record.json)
  }

  /// Appends anything else.
  public func append(_ kind: String, _ fields: JSONObject) throws {
    try log.withLock { log in
      try log.append(.note(kind: kind, fields: fields))
      try log.synchronize()
    }
  }

  /// Reads a log; nothing where there is none.
  ///
  /// - Throws: `StoreError.malformed` with the line.
  public static func read(_ url: URL) throws -> Contents {
    var contents = Contents()
    guard FileManager.default.fileExists(atPath: url.path) else { return contents }
    for logged in try LogContents(contentsOf: url).events {
      guard case .note(let kind, let fields) = logged.event else { continue }
      switch kind {
      case "candidate":
        guard let record = CandidateRecord(fields) else {
          throw StoreError.malformed(
            path: url.path, line: logged.line, reason: "expected a candidate")
        }
        contents.candidates.append(record)
      case "generation":
        guard let number = fields["number"]?.int, let seconds = fields["seconds"]?.double
        else { continue }
        contents.generations.append((number, seconds))
      default: contents.others.append((kind, fields))
      }
    }
    return contents
  }
}
