import CSeccomp
import Foundation
import Glibc

/// What a worker gives up before it sees any candidate: descriptors, limits, system calls.
enum Confinement {
  /// Where requests come from and replies and messages go.
  static let input: Int32 = 0
  static let output: Int32 = 3
  static let errors: Int32 = 2

  /// Keeps the pipes apart from what libraries print, and closes all else.
  static func arrangeDescriptors() throws {
    guard dup2(1, output) >= 0, dup2(errors, 1) >= 0, confine_close_from(output + 1) == 0 else {
      throw EvaluationFailure(.unavailable, "descriptors: \(String(cString: strerror(errno)))")
    }
    // No PR_SET_PDEATHSIG: it fires when the thread that spawned ends, not the parent. A worker
    // whose parent is gone meets the end of its requests, at the latest after its budget.
    // The terminal's Ctrl-C is for the parent, which ends its workers.
    signal(SIGINT, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Limits and filter, for every thread there is.
  ///
  /// - Parameter memory: bytes of address space beyond what there is now.
  /// - Throws: `EvaluationFailure` of reason unavailable.
  static func apply(memory: Int) throws {
    let base = addressSpace
    guard base > 0 else { throw EvaluationFailure(.unavailable, "cannot read /proc/self/statm") }
    confine_resources(base + memory)
    let result = confine_process(input, output, errors)
    guard result == 0 else {
      throw EvaluationFailure(
        .unavailable, "no system-call filter: \(String(cString: strerror(-result)))")
    }
  }

  /// Bytes of address space in use.
  static var addressSpace: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii),
      let pages = text.split(separator: " ").first.flatMap({ Int($0) })
    else { return 0 }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
