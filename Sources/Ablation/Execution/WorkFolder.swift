import ExperimentStore
import Foundation
import Notation
import Trials

/// What a coordinator asks to be done, in a folder that any number of machines may share.
///
/// The coordinator writes a chunk of trials as one file of `queue`. Whoever makes the file of the
/// same name in `lease` first has the chunk, and touches that file while it works. Each result is
/// linked into the chunk's folder in `done`, where only the first of one name can be. The
/// coordinator takes results from there into its log and removes the chunk.
struct WorkFolder: Sendable {
  /// What all trials share.
  struct Setup: Sendable {
    /// How each task is rebuilt.
    var tasks: [JSONObject]
    /// Sources of methods by the name that configurations have for them.
    var methods: JSONObject
    var limits: TrialLimits
    /// Seconds after which a lease that nobody touches is void.
    var lease: Double
    /// Where relative paths start.
    var folder: String
    /// Whether the Lua state of a function stays from trial to trial.
    var keepsState: Bool
    /// Of the coordinator; workers of another one would give other cells.
    var program = ProgramVersion.current

    var json: JSONObject {
      [
        "tasks": .list(tasks.map(JSONValue.object)), "methods": .object(methods),
        "limits": .object(limits.json), "lease": .number(lease), "folder": .string(folder),
        "keeps_state": .bool(keepsState), "program": .string(program),
      ]
    }
  }

  /// The folder of one session of a coordinator.
  let path: String

  var setupPath: String { path + "/setup.json" }
  /// Touched while the coordinator lives.
  var coordinatorPath: String { path + "/coordinator" }

  func queue(_ chunk: String) -> String { "\(path)/queue/\(chunk)" }
  func lease(_ chunk: String) -> String { "\(path)/lease/\(chunk)" }
  func done(_ chunk: String) -> String { "\(path)/done/\(chunk)" }
  func result(_ chunk: String, _ id: String) -> String { "\(done(chunk))/\(id).json" }

  /// Makes a folder of a coordinator's own in the folder `work` of the experiment, and removes
  /// those of earlier ones, whose results have been taken.
  static func create(in root: String, _ setup: Setup) throws -> WorkFolder {
    try SharedFiles.makeFolder(root)
    let earlier = all(in: root)
    let next = (earlier.last.flatMap { Int($0.name.dropFirst()) } ?? 0) + 1
    for folder in earlier { folder.remove() }
    let made = WorkFolder(path: "\(root)/g\(next)")
    for name in ["queue", "lease", "done"] { try SharedFiles.makeFolder("\(made.path)/\(name)") }
    _ = try SharedFiles.create(made.coordinatorPath, Owner.here.json.compactText)
    // Written last: workers that see it may begin.
    try SharedFiles.replace(made.setupPath, JSONValue.object(setup.json).indentedText)
    return made
  }

  /// The folders there are, oldest first.
  static func all(in root: String) -> [WorkFolder] {
    let names = SharedFiles.names(root).filter { $0.wholeMatch(of: #/g\d+/#) != nil }
    return names.sorted { (Int($0.dropFirst()) ?? 0) < (Int($1.dropFirst()) ?? 0) }
      .map { WorkFolder(path: "\(root)/\($0)") }
  }

  var name: String { String(path.split(separator: "/").last ?? "") }

  /// Reads what all trials share; nil while it is not there.
  func setup() -> Setup? {
    guard let text = SharedFiles.text(setupPath),
      let json = (try? JSONValue(parsing: text.utf8))?.object
    else { return nil }
    return Setup(
      tasks: json["tasks"]?.list?.compactMap(\.object) ?? [],
      methods: json["methods"]?.object ?? JSONObject(),
      limits: TrialLimits(json["limits"]?.object ?? JSONObject()),
      lease: json["lease"]?.double ?? 30, folder: json["folder"]?.string ?? ".",
      keepsState: json["keeps_state"]?.bool ?? false,
      program: json["program"]?.string ?? "unknown")
  }

  /// Every result that lies here, whoever published it.
  func results() -> [JSONObject] {
    SharedFiles.names(path + "/done").flatMap { results(of: $0) }
  }

  /// The results of one chunk.
  func results(of chunk: String, except known: Set<String> = []) -> [JSONObject] {
    SharedFiles.names(done(chunk)).compactMap { name in
      guard name.hasSuffix(".json"), !known.contains(String(name.dropLast(5))) else { return nil }
      return Self.object("\(done(chunk))/\(name)")
    }
  }

  static func object(_ path: String) -> JSONObject? {
    SharedFiles.text(path).flatMap { try? JSONValue(parsing: $0.utf8) }?.object
  }

  /// Removes all of it. A worker that still has a trial cannot publish it any more.
  func remove() {
    let grave = path + ".gone"
    // Renaming is at once; removing file by file is not.
    if rename(path, grave) == 0 { try? FileManager.default.removeItem(atPath: grave) }
  }
}

/// Who holds a lease.
struct Owner: Sendable, Equatable {
  var host: String
  var process: Int32

  static let here: Owner = {
    var buffer = [CChar](repeating: 0, count: 256)
    let name =
      gethostname(&buffer, buffer.count - 1) == 0
      ? String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      : "unknown"
    return Owner(host: name, process: getpid())
  }()

  /// `host:pid`.
  var name: String { "\(host):\(process)" }

  var json: JSONValue {
    ["host": .string(host), "process": .integer(Int64(process))]
  }
}
