import Foundation

/// A file being written that appears under its name whole or not at all.
///
/// Bytes go to a temporary file in the same folder; `commit` flushes it to the disk and renames it.
/// A writer that ends without `commit`, by an error or otherwise, removes the temporary file.
public struct AtomicFile: ~Copyable {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var isCommitted = false

  /// Opens the temporary file, making the folder where it is missing.
  ///
  /// - Parameter path: the name that the finished file gets.
  /// - Throws: `FileError` where the folder or the file cannot be made.
  public init(_ path: String) throws {
    let opened = try AtomicFile.openTemporary(path)
    self.path = path
    temporary = opened.name
    descriptor = opened.descriptor
  }

  private static func openTemporary(_ path: String) throws -> (name: String, descriptor: Int32) {
    let folder = folder(of: path)
    try makeFolder(folder)
    let file = (path as NSString).lastPathComponent
    let unique = ".\(file).\(getpid()).\(UInt32.random(in: .min ... .max)).partial"
    let name = (folder as NSString).appendingPathComponent(unique)
    let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { throw FileError.system(path, "create") }
    return (name, descriptor)
  }

  private static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporary) }
  }

  /// Appends text as UTF-8.
  ///
  /// - Parameter text: what to append.
  /// - Throws: `FileError` when the disk refuses, for instance because it is full.
  public mutating func write(_ text: String) throws {
    pending.append(contentsOf: text.utf8)
    if pending.count >= 1 << 16 { try flush() }
  }

  /// Appends bytes.
  ///
  /// - Parameter bytes: what to append.
  /// - Throws: `FileError` when the disk refuses, for instance because it is full.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    try flush()
    try send(bytes)
  }

  /// Flushes to the disk and gives the file its name, replacing what had it.
  ///
  /// - Throws: `FileError` when the disk refuses; the old file then stays as it was.
  public mutating func commit() throws {
    try flush()
    guard fsync(descriptor) == 0 else { throw FileError.system(path, "write to disk") }
    guard rename(temporary, path) == 0 else { throw FileError.system(path, "rename to") }
    isCommitted = true
    let handle = open(AtomicFile.folder(of: path), O_RDONLY)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }

  private mutating func flush() throws {
    let bytes = pending
    pending.removeAll(keepingCapacity: true)
    try bytes.withUnsafeBytes { try send($0) }
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = Foundation.write(descriptor, part.baseAddress, part.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError.system(path, "write")
      }
      rest = rest.dropFirst(written)
    }
  }
}

/// Makes a folder and those above it; one that is there already is fine.
///
/// - Parameter path: the folder.
/// - Throws: `FileError` where it cannot be made.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
  } catch {
    throw FileError(path, "cannot make the folder: \(error.localizedDescription)")
  }
}
