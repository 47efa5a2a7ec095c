import CSeccomp
import Foundation
import Glibc

/// One worker as the parent sees it: a process and three pipes. Used by one thread at a time.
final class WorkerProcess {
  /// Bytes of the worker's messages that are kept, the last ones.
  private static let messageLimit = 4096
  /// Bytes of a reply at most.
  private static let replyLimit = 16 << 20

  let pid: pid_t
  private let requests: Int32
  private let replies: Int32
  private let errors: Int32
  private var messages = Data()
  private var isOpen = true
  /// Evaluations answered so far.
  private(set) var evaluations = 0

  /// Starts a process; it warms itself while the parent does other things.
  ///
  /// - Throws: `EvaluationFailure` of reason unavailable.
  init(_ command: WorkerCommand) throws {
    let pipes = try Pipes()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipes.requests.read, 0)
    posix_spawn_file_actions_adddup2(&actions, pipes.replies.write, 1)
    posix_spawn_file_actions_adddup2(&actions, pipes.errors.write, 2)
    guard confine_spawn_closing(&actions, 3) == 0 else {
      throw EvaluationFailure(.unavailable, "cannot close descriptors of a worker")
    }
    var child: pid_t = 0
    let arguments = CStrings([command.executable] + command.arguments)
    let environment = CStrings(command.environment)
    let result = posix_spawn(
      &child, command.executable, &actions, nil, arguments.pointers, environment.pointers)
    pipes.closeChildEnds()
    guard result == 0 else {
      pipes.closeParentEnds()
      throw EvaluationFailure(
        .unavailable, "cannot start \(command.executable): \(String(cString: strerror(result)))")
    }
    pid = child
    requests = pipes.requests.write
    replies = pipes.replies.read
    errors = pipes.errors.read
  }

  deinit { end() }

  /// Waits for the worker's first word.
  ///
  /// - Throws: `EvaluationFailure` of reason unavailable, or what became of the process.
  func greet(_ deadline: Deadline) throws {
    let data = try receive(deadline, "did not start")
    guard let greeting = try? WireFormat.decode(Greeting.self, data),
      greeting.version == Greeting.currentVersion
    else {
      end()
      throw EvaluationFailure(.unavailable, "the worker is of another version")
    }
    if let objection = greeting.objection {
      end()
      throw EvaluationFailure(.unavailable, "the worker cannot be confined: \(objection)")
    }
  }

  /// Sends a request and waits for its reply.
  ///
  /// - Parameters:
  ///   - request: encoded.
  ///   - seconds: until the worker is killed.
  ///   - isCancelled: whether the reply is not wanted any more; the worker is killed then.
  ///   - processorSeconds: of processor time the worker may use for it, at most.
  /// - Returns: the reply, encoded.
  /// - Throws: `EvaluationFailure`; the worker has then ended.
  func exchange(
    _ request: Data, seconds: Double, isCancelled: (@Sendable () -> Bool)?,
    processorSeconds: Double
  ) throws -> Data {
    let deadline = Deadline(seconds: seconds, isCancelled: isCancelled)
    limitProcessor(processorSeconds)
    do {
      try Frames.write(request, to: requests, deadline: deadline)
    } catch Frames.Fault.cancelled {
      throw cancelled()
    } catch {
      throw fate("ended before it was asked", late: error as? Frames.Fault == .late)
    }
    let reply = try receive(deadline, "did not answer within \(seconds.rounded(toPlaces: 2)) s")
    evaluations += 1
    return reply
  }

  private func receive(_ deadline: Deadline, _ lateness: String) throws -> Data {
    do {
      return try Frames.read(from: replies, longest: Self.replyLimit, deadline: deadline)
    } catch Frames.Fault.late {
      throw fate(lateness, late: true)
    } catch Frames.Fault.cancelled {
      throw cancelled()
    } catch Frames.Fault.garbage(let text) {
      end()
      throw EvaluationFailure(.garbage, "the worker sent \(text)")
    } catch {
      throw fate("ended", late: false)
    }
  }

  /// The soft limit of processor seconds, so far and for the next request; the kernel ends the
  /// worker even if the parent is gone.
  private func limitProcessor(_ seconds: Double) {
    var used = timespec()
    var clock: clockid_t = 0
    guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &used) == 0 else { return }
    confine_processor(pid, used.tv_sec + Int(min(seconds, 1e6).rounded(.up)) + 1)
  }

  private func cancelled() -> EvaluationFailure {
    end()
    return EvaluationFailure(.cancelled, "interrupted")
  }

  /// Ends the process if it has not ended, and says what became of it.
  private func fate(_ what: String, late: Bool) -> EvaluationFailure {
    let status = end()
    let log = messages.isEmpty ? nil : String(decoding: messages, as: UTF8.self)
    if late { return EvaluationFailure(.late, "the worker \(what) and was killed", log: log) }
    let words = lastMessage
    let said = words.isEmpty ? "" : ": \(words)"
    let signal = status & 0x7f
    switch signal {
    case 0:
      return EvaluationFailure(
        .crashed, "the worker left with \(status >> 8 & 0xff)\(said)", log: log)
    case SIGSYS:
      return EvaluationFailure(.forbidden, "the worker made a forbidden system call\(said)")
    case SIGXCPU:
      return EvaluationFailure(.late, "the worker used more processor time than it may")
    default:
      let name = strsignal(signal).map { String(cString: $0) } ?? "signal \(signal)"
      return EvaluationFailure(.crashed, "the worker crashed (\(name))\(said)", log: log)
    }
  }

  /// The last line that the worker wrote of itself, cut.
  private var lastMessage: String {
    let text = String(decoding: messages.suffix(Self.messageLimit), as: UTF8.self)
    let line = text.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }
    return String((line ?? "").prefix(300))
  }

  /// Kills the process and returns how it ended, as `waitpid` says it.
  @discardableResult
  func end() -> Int32 {
    guard isOpen else { return 0 }
    isOpen = false
    kill(pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    messages = Pipes.drain(errors, limit: Self.messageLimit)
    for descriptor in [requests, replies, errors] { close(descriptor) }
    return status
  }
}

extension Double {
  fileprivate func rounded(toPlaces places: Int) -> Double {
    let scale = pow(10, Double(places))
    return (self * scale).rounded() / scale
  }
}
