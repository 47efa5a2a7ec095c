import Foundation

/// What is wrong with a file: where, what was expected and what was found.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible, LocalizedError {
  /// The file as the caller named it.
  public let path: String
  /// The line, from 1, where the file has lines and the fault is on one.
  public let line: Int?
  /// What was expected and what was found.
  public let message: String

  /// Describes a fault of a file.
  ///
  /// - Parameters:
  ///   - path: the file as the caller named it.
  ///   - line: the line, from 1, or nil when the fault has none.
  ///   - message: what was expected and what was found.
  public init(_ path: String, line: Int? = nil, _ message: String) {
    self.path = path
    self.line = line
    self.message = message
  }

  /// `path:line: message`.
  public var description: String {
    guard let line else { return "\(path): \(message)" }
    return "\(path):\(line): \(message)"
  }

  /// The same text, for callers that print localized errors.
  public var errorDescription: String? { description }

  /// The fault of the system call that just failed, read from `errno`.
  static func system(_ path: String, _ operation: String, code: Int32 = errno) -> FileError {
    FileError(path, "cannot \(operation): \(String(cString: strerror(code)))")
  }
}
