import LuaRuntime
import TensorCore

/// The numbers that a source returns: of plain values, and of the elements of tensors and lists.
public struct ScriptEvaluation: Evaluation {
  /// The name on the pipe.
  public static let kind = "script"

  /// Lua source.
  public var source: String
  /// How many numbers may come back.
  public var limit: Int

  /// An evaluation of a source.
  public init(source: String, limit: Int = 100_000) {
    self.source = source
    self.limit = limit
  }

  /// What the source returned.
  public struct Answer: Codable, Sendable, Equatable {
    /// In order; true and false are 1 and 0, all else is left out.
    public var numbers: [Double]
  }

  /// Does it, in the worker.
  public func answer(on bench: CandidateBench) throws -> Answer {
    let values = try bench.run(source)
    var numbers: [Double] = []
    for value in values { try collect(value, bench, &numbers) }
    return Answer(numbers: numbers)
  }

  private func collect(
    _ value: LuaValue, _ bench: CandidateBench, _ numbers: inout [Double]
  ) throws {
    if let number = value.numberValue {
      numbers.append(number)
    } else if case .boolean(let flag) = value {
      numbers.append(flag ? 1 : 0)
    } else if let tensor = bench.session.tensor(value) {
      guard tensor.count <= limit else { throw tooMany(tensor.count) }
      numbers += try tensor.doubles()
    } else if let table = value.tableValue {
      for item in table.items { try collect(item, bench, &numbers) }
    }
    guard numbers.count <= limit else { throw tooMany(numbers.count) }
  }

  private func tooMany(_ count: Int) -> EvaluationFailure {
    EvaluationFailure(
      .budget, "budget spent: \(count) numbers, at most \(limit)", resource: .output)
  }

  /// What is wrong with an answer, or nil.
  public func objection(to answer: Answer) -> String? {
    answer.numbers.count <= limit ? nil : "\(answer.numbers.count) numbers, at most \(limit)"
  }
}
