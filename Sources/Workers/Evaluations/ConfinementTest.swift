import CSeccomp

/// Asks for what a worker must not get; for `perigee doctor` and tests.
public struct ConfinementTest: Evaluation {
  /// The name on the pipe.
  public static let kind = "confinement"

  /// What is asked for.
  public enum Attempt: Int32, Codable, Sendable, CaseIterable {
    case openFile, socket, fork, execute, signalParent, deleteFile, executableMemory, trace
  }

  /// What is asked for.
  public var attempt: Attempt

  /// A test of one thing.
  public init(_ attempt: Attempt) { self.attempt = attempt }

  /// What the system said.
  public struct Answer: Codable, Sendable, Equatable {
    /// 0 where it did what was asked.
    public var errorNumber: Int32
  }

  /// Does it, in the worker.
  public func answer(on bench: CandidateBench) throws -> Answer {
    Answer(errorNumber: confine_try(attempt.rawValue))
  }

  /// What is wrong with an answer, or nil.
  public func objection(to answer: Answer) -> String? { nil }
}
