import Foundation

/// What can go wrong with records on disk; each message names the file.
public enum StoreError: Error, Equatable, CustomStringConvertible, LocalizedError {
  /// The operating system refused: `operation` on `path`, with its reason.
  case system(operation: String, path: String, reason: String)
  /// A log line could not be written; the log still ends with its last complete line.
  case appendFailed(path: String, reason: String, completeLines: Int)
  /// Another writer holds the log.
  case locked(path: String)
  /// Text that is not what the file should hold. `line` counts from 1.
  case malformed(path: String, line: Int, reason: String)
  /// No run of that name; `nearest` is the closest one there is.
  case unknownRun(name: String, root: String, nearest: String?)
  /// Several runs begin with what was typed.
  case ambiguousRun(name: String, candidates: [String])
  /// A condition that cannot be read or asks for an unknown field.
  case condition(String, String)
  /// Statistics of samples that cannot carry them.
  case statistics(String)

  public var description: String {
    switch self {
    case .system(let operation, let path, let reason):
      return "\(path): cannot \(operation): \(reason)"
    case .appendFailed(let path, let reason, let completeLines):
      return "\(path): cannot append: \(reason); the log is complete up to line \(completeLines)"
    case .locked(let path):
      return "\(path): another process is writing this log"
    case .malformed(let path, let line, let reason):
      return "\(path):\(line): \(reason)"
    case .unknownRun(let name, let root, let nearest):
      let hint = nearest.map { "; did you mean '\($0)'?" } ?? "; there are no runs yet"
      return "no run named '\(name)' in \(root)\(hint)"
    case .ambiguousRun(let name, let candidates):
      return "'\(name)' is the beginning of \(candidates.count) runs: "
        + candidates.joined(separator: ", ")
    case .condition(let text, let reason):
      return "condition '\(text)': \(reason)"
    case .statistics(let reason):
      return reason
    }
  }

  public var errorDescription: String? { description }

  /// An error of the last system call.
  static func lastSystemError(_ operation: String, _ path: String) -> StoreError {
    .system(operation: operation, path: path, reason: String(cString: strerror(errno)))
  }
}
