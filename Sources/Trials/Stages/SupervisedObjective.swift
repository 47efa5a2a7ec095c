import Tasks
import TensorCore

/// The mean negative log-probability of a batch's tokens.
final class SupervisedObjective: Objective {
  let sequences: TokenSequences
  private let kept: [Int]

  /// Texts to learn, end-of-text included; those longer than `limit` tokens are left out.
  init(_ model: LanguageModel, texts: [String], limit: Int) {
    sequences = TokenSequences(
      model, prompts: texts.map { _ in "" }, completions: texts)
    kept = sequences.fitting(limit)
  }

  /// Texts that took part.
  var exampleCount: Int { kept.count }
  var sequencesPerExample: Int { 1 }
  var exampleLengths: [Int] {
    let lengths = sequences.lengths
    return kept.map { lengths[$0] }
  }
  var state: [(name: String, leaf: Tensor)] { [] }

  func sequence(_ which: Int, of example: Int) -> Int { kept[example] }

  func makeFields(_ graph: Graph, rows: Int, length: Int) -> ObjectiveFields {
    ObjectiveFields(["weight": graph.empty([rows], .float32)])
  }

  func fill(_ fields: ObjectiveFields, _ batch: Batch, step: Int) throws {
    try fields.leaves["weight"]?.write(batch.weights)
  }

  func loss(scores: [Tensor], mask: Tensor, fields: ObjectiveFields) throws -> ObjectiveResult {
    guard let weight = fields.leaves["weight"] else {
      throw TensorError("supervise", "the batch has no weights")
    }
    let counted = try mask * weight.reshape(to: [mask.shape[0], 1])
    let loss = try -(scores[0] * counted).sum() / counted.sum()
    return ObjectiveResult(loss: loss)
  }
}

extension Tensor {
  /// Overwrites a float32 leaf; allocates nothing.
  func write(_ numbers: [Float]) throws {
    try withMutableBytes { bytes in
      let target = bytes.bindMemory(to: Float.self)
      for index in 0..<min(target.count, numbers.count) { target[index] = numbers[index] }
    }
  }
}
