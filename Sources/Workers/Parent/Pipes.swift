import CSeccomp
import Foundation
import Glibc

/// The three pipes of a worker, closed in programs that the parent starts otherwise.
struct Pipes {
  struct Ends {
    var read: Int32 = -1
    var write: Int32 = -1
  }

  private(set) var requests = Ends()
  private(set) var replies = Ends()
  private(set) var errors = Ends()

  init() throws {
    for place in [\Pipes.requests, \Pipes.replies, \Pipes.errors] {
      var ends: [Int32] = [-1, -1]
      guard confine_pipe(&ends) == 0 else {
        let reason = String(cString: strerror(errno))
        closeChildEnds()
        closeParentEnds()
        throw EvaluationFailure(.unavailable, "no pipe for a worker: \(reason)")
      }
      self[keyPath: place] = Ends(read: ends[0], write: ends[1])
    }
    // What the worker says of itself is read at its end, and may not make it wait.
    _ = fcntl(errors.write, F_SETFL, O_NONBLOCK)
    _ = fcntl(errors.read, F_SETFL, O_NONBLOCK)
  }

  func closeChildEnds() { Self.close([requests.read, replies.write, errors.write]) }

  func closeParentEnds() { Self.close([requests.write, replies.read, errors.read]) }

  private static func close(_ descriptors: [Int32]) {
    for descriptor in descriptors where descriptor >= 0 { _ = Glibc.close(descriptor) }
  }

  /// What lies in a pipe, its last bytes.
  static func drain(_ descriptor: Int32, limit: Int) -> Data {
    var found = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return found }
      found.append(contentsOf: buffer[..<count])
      found = found.suffix(limit)
    }
  }
}

/// A list of strings as C wants it, ended by NULL; freed with the object.
final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    for (place, text) in strings.enumerated() { pointers[place] = strdup(text) }
    pointers[count] = nil
  }

  deinit {
    for place in 0..<count { free(pointers[place]) }
    pointers.deallocate()
  }
}
