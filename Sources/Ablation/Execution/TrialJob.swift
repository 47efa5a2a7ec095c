import ExperimentStore
import LuaBindings
import LuaRuntime
import Notation
import Trials
import Workers

/// One trial as a worker process is asked for it.
struct TrialJob: Question {
  static let kind = "trial"

  /// How the task is rebuilt.
  var task: JSONObject
  /// What is tried.
  var request: TrialRequest
  /// Where relative paths start.
  var folder: String
  /// Whether the Lua state of a function stays from trial to trial.
  var keepsState: Bool

  func objection(to answer: TrialOutcome) -> String? {
    answer.metrics.allSatisfy { $0.value.isFinite } ? nil : "metrics that are not finite"
  }

  typealias Answer = TrialOutcome
}

/// How a trial ended, as records spell it.
typealias TrialStatus = CellRecord.Status

extension CellRecord.Status {
  /// Whether the trial ended by itself, with an answer.
  var isAnswered: Bool { self == .finished || self == .diverged }

  /// What became of a trial that gave no answer; nil where it was not the trial's fault.
  init?(_ failure: EvaluationFailure) {
    switch failure.reason {
    case .script: self = .failed
    case .budget: self = failure.resource == .memory ? .outOfMemory : .timedOut
    case .late: self = .timedOut
    case .crashed, .forbidden, .garbage: self = .crashed
    case .unavailable, .cancelled: return nil
    }
  }
}
