import Foundation
import Notation

extension JSONValue {
  /// Writes the value to a file, whole or not at all, with two-space indentation.
  ///
  /// - Parameter path: the file, replaced where it exists.
  /// - Throws: `FileError` when the disk refuses.
  public func write(to path: String) throws {
    var file = try AtomicFile(path)
    try file.write(indentedText)
    try file.commit()
  }

  /// Reads a file that holds one JSON value.
  ///
  /// - Parameter path: the file.
  /// - Returns: the value.
  /// - Throws: `FileError` where it cannot be read or is not JSON.
  public static func read(from path: String) throws -> JSONValue {
    let bytes = try readWholeFile(path)
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw FileError(path, "expected JSON: \(error)")
    }
  }
}

/// Reads a whole file.
///
/// - Parameter path: the file.
/// - Returns: its bytes.
/// - Throws: `FileError` where it cannot be read.
func readWholeFile(_ path: String) throws -> Data {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw FileError(path, "no such file")
  }
  guard !isFolder.boolValue else { throw FileError(path, "expected a file, found a folder") }
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path), options: [])
  } catch {
    throw FileError(path, "cannot read: \(error.localizedDescription)")
  }
}
