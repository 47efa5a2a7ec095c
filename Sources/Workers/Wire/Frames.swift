import Foundation
import Glibc

/// Messages on a pipe: four bytes of length, lowest first, then that many bytes.
enum Frames {
  /// Bytes of a message at most.
  static let longest = 64 << 20

  /// Why a message could not be read or written.
  enum Fault: Error, Equatable {
    /// The other end is closed.
    case closed
    /// The time is over.
    case late
    /// Nobody wants the message any more.
    case cancelled
    /// A length that no message has.
    case garbage(String)
    /// The system refused.
    case system(Int32)
  }

  /// Writes one message; waits while the pipe is full.
  static func write(_ data: Data, to descriptor: Int32, deadline: Deadline? = nil) throws {
    var bytes = Data(capacity: data.count + 4)
    withUnsafeBytes(of: UInt32(data.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(data)
    var done = 0
    while done < bytes.count {
      try waitUntilReady(descriptor, POLLOUT, deadline)
      let count = bytes.withUnsafeBytes { buffer -> Int in
        guard let start = buffer.baseAddress else { return 0 }
        return Glibc.write(descriptor, start + done, buffer.count - done)
      }
      if count > 0 {
        done += count
      } else if errno == EPIPE {
        throw Fault.closed
      } else if errno != EINTR && errno != EAGAIN {
        throw Fault.system(errno)
      }
    }
  }

  /// Reads one message.
  static func read(
    from descriptor: Int32, longest: Int = Frames.longest, deadline: Deadline? = nil
  ) throws -> Data {
    let head = try take(4, from: descriptor, deadline)
    let length = head.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    guard length <= longest else {
      throw Fault.garbage("a message of \(length) bytes; at most \(longest)")
    }
    return try take(length, from: descriptor, deadline)
  }

  private static func take(
    _ count: Int, from descriptor: Int32, _ deadline: Deadline?
  ) throws -> Data {
    var data = Data(count: count)
    var done = 0
    while done < count {
      try waitUntilReady(descriptor, POLLIN, deadline)
      let got = data.withUnsafeMutableBytes { buffer -> Int in
        guard let start = buffer.baseAddress else { return 0 }
        return Glibc.read(descriptor, start + done, count - done)
      }
      if got > 0 {
        done += got
      } else if got == 0 {
        throw Fault.closed
      } else if errno != EINTR && errno != EAGAIN {
        throw Fault.system(errno)
      }
    }
    return data
  }

  /// Waits until the descriptor can be used. Without a deadline reading and writing wait.
  private static func waitUntilReady(
    _ descriptor: Int32, _ events: Int32, _ deadline: Deadline?
  ) throws {
    guard let deadline else { return }
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
      let left = deadline.milliseconds
      if deadline.isCancelled?() == true { throw Fault.cancelled }
      if left <= 0 { throw Fault.late }
      let wait = deadline.isCancelled == nil ? 60_000 : Deadline.interval
      let ready = poll(&entry, 1, Int32(min(left, wait)))
      if ready > 0 { return }
      if ready < 0 && errno != EINTR { throw Fault.system(errno) }
    }
  }
}

/// A moment after which nobody waits any longer.
struct Deadline {
  /// Milliseconds between two looks at whether to go on.
  static let interval = 10

  private let moment: ContinuousClock.Instant
  /// Whether to wait no more, whatever the time.
  let isCancelled: (@Sendable () -> Bool)?

  init(seconds: Double, isCancelled: (@Sendable () -> Bool)? = nil) {
    moment = .now + .nanoseconds(Int64(max(0, min(seconds, 1e8)) * 1e9))
    self.isCancelled = isCancelled
  }

  /// Until then, rounded up.
  var milliseconds: Int {
    let left = ContinuousClock.now.duration(to: moment)
    let (seconds, attoseconds) = left.components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
