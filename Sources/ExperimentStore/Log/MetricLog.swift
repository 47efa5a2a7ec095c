import Foundation
import Notation

/// The append-only log of one run: one JSON object a line.
///
/// A line reaches the kernel in one piece before `append` returns, so a killed process loses at
/// most the line it was writing; at the end of a stage, at results and at resumptions the file is
/// also forced to the disk. One writer at a time: a lock on the file refuses a second one and
/// vanishes with the process.
public final class MetricLog {
  /// The log file.
  public let url: URL
  /// Number of complete lines in the file.
  public private(set) var completeLines: Int

  private let descriptor: Int32
  private var completeBytes: Int
  private let now: () -> Double
  private let write: Write

  /// Same contract as `write(2)`; tests put failing ones in its place.
  typealias Write = (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int

  /// Opens a log for appending, makes it if need be, and cuts off a torn last line.
  ///
  /// - Parameter url: The log file; its folder must exist.
  /// - Throws: `StoreError.locked` when another writer holds it, `.malformed` with the line when
  ///   what is there is not a log, `.system` when the file cannot be opened.
  public convenience init(appendingTo url: URL) throws {
    try self.init(appendingTo: url, now: { Date().timeIntervalSince1970 }) { descriptor, bytes in
      Foundation.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }

  init(appendingTo url: URL, now: @escaping () -> Double, write: @escaping Write) throws {
    let path = url.path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw StoreError.lastSystemError("open", path) }
    (self.url, self.now, self.write) = (url, now, write)
    (completeLines, completeBytes) = (0, 0)
    // From here on deinit closes the file, also when an error is thrown.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw errno == EWOULDBLOCK
        ? StoreError.locked(path: path) : StoreError.lastSystemError("lock", path)
    }
    try recover()
  }

  deinit {
    close(descriptor)
  }

  /// Finds the end of the last complete line and cuts the file there.
  private func recover() throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw StoreError.lastSystemError("inspect", url.path)
    }
    guard status.st_size > 0 else { return }
    let contents = try LogContents(contentsOf: url)
    (completeLines, completeBytes) = (contents.events.count, contents.completeBytes)
    guard contents.tornBytes > 0 else { return }
    guard ftruncate(descriptor, off_t(completeBytes)) == 0 else {
      throw StoreError.lastSystemError("cut the torn last line off", url.path)
    }
  }

  /// Appends one event.
  ///
  /// - Parameter event: What happened.
  /// - Throws: `StoreError.appendFailed` when the line could not be written, for example because
  ///   the disk is full. The log then still ends with its last complete line.
  public func append(_ event: LogEvent) throws {
    // Milliseconds are enough, and keep the digits short.
    let time = (now() * 1000).rounded() / 1000
    let line = JSONValue.object(event.object(time: time)).compactText + "\n"
    try appendBytes(Array(line.utf8))
    if event.isMilestone { try synchronize() }
  }

  /// Forces what was appended to the disk.
  ///
  /// - Throws: `StoreError.system` when the disk refuses.
  public func synchronize() throws {
    // Pipes and devices have nothing to force.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
      throw StoreError.lastSystemError("force to the disk", url.path)
    }
  }

  private func appendBytes(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0) }
      if count > 0 {
        written += count
      } else if count < 0 && errno == EINTR {
        continue
      } else {
        let reason = count < 0 ? String(cString: strerror(errno)) : "nothing was written"
        // The half line goes; should that fail too, readers ignore it and the next open cuts it.
        _ = ftruncate(descriptor, off_t(completeBytes))
        throw StoreError.appendFailed(
          path: url.path, reason: reason, completeLines: completeLines)
      }
    }
    completeBytes += bytes.count
    completeLines += 1
  }

  /// Whether some process holds a log for writing at this moment.
  static func isBeingWritten(_ url: URL) -> Bool {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    return false
  }
}
