import LuaRuntime

/// What a worker is asked over its pipe, and what it answers.
public protocol Question: Codable, Sendable {
  /// What comes back over the pipe.
  associatedtype Answer: Codable & Sendable

  /// The name on the pipe.
  static var kind: String { get }

  /// What is wrong with an answer, or nil. Asked by the parent, which trusts nothing: counts,
  /// names and lengths must be those that were asked for.
  func objection(to answer: Answer) -> String?
}

/// Something that a worker does with candidate code: what is asked for, what is answered.
///
/// A kind is a type that modules above may add; `Worker.serve` is given all of them, and
/// `WorkerPool.evaluate` takes a value of any.
public protocol Evaluation: Question {
  /// Does it, in the worker.
  ///
  /// - Parameter bench: a fresh Lua state and graph under the request's budget.
  /// - Returns: numbers and words.
  /// - Throws: anything; the parent gets an `EvaluationFailure`.
  func answer(on bench: CandidateBench) throws -> Answer
}

/// Why an evaluation gave no answer. It is a result like any other.
public struct EvaluationFailure: Error, Codable, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong.
  public enum Reason: String, Codable, Sendable, CaseIterable {
    /// The source does not compile, raised an error, or declares something else than asked.
    case script
    /// Part of the budget was spent; `resource` says which.
    case budget
    /// The worker did not answer in time and was killed.
    case late
    /// The worker crashed.
    case crashed
    /// The worker asked the system for something it is not allowed.
    case forbidden
    /// What came back is no answer to what was asked.
    case garbage
    /// No worker could be started, or none could be confined.
    case unavailable
    /// The pool was stopped.
    case cancelled
  }

  /// What went wrong.
  public var reason: Reason
  /// `file:line: message` of a script's error; otherwise a sentence.
  public var message: String
  /// The part of the budget that was spent.
  public var resource: LuaControl.Reason?
  /// The line of the source, where one is to blame.
  public var line: Int?
  /// The last of what the worker printed, where the worker ended.
  public var log: String?

  /// A failure.
  public init(
    _ reason: Reason, _ message: String, resource: LuaControl.Reason? = nil, line: Int? = nil,
    log: String? = nil
  ) {
    self.reason = reason
    self.message = message
    self.resource = resource
    self.line = line
    self.log = log
  }

  public var description: String { message }

  /// What an error that a script caused says.
  init(_ error: any Error) {
    if let failure = error as? EvaluationFailure {
      self = failure
    } else if let error = error as? LuaError {
      self.init(
        error.kind == .interrupted ? .budget : .script, error.description,
        resource: error.reason, line: error.line)
    } else {
      self.init(.script, String(describing: error))
    }
  }
}

/// An answer, and what it cost.
public struct Evaluated<Answer: Sendable>: Sendable {
  /// What was asked for.
  public let answer: Answer
  /// What was used of the budget.
  public let use: BudgetUse
}
