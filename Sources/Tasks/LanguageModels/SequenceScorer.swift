import Learning
import TensorCore

/// Log-probabilities of many sequences under one model, a compiled plan for each padded length.
///
/// It reads the model's parameters at every call, so it may be kept while the model trains.
public final class SequenceScorer {
  private let model: LanguageModel
  private let rows: Int
  private let buckets: LengthBuckets
  private var plans: [Int: (leaves: SequenceLeaves, plan: Plan)] = [:]

  /// A scorer that works on `rows` sequences at a time.
  public init(_ model: LanguageModel, rows: Int = 32, buckets: LengthBuckets) {
    self.model = model
    self.rows = rows
    self.buckets = buckets
  }

  /// The log-probability of each scored token of each sequence, nats.
  ///
  /// - Throws: `BatchError` for a sequence longer than every bucket.
  public func tokenLogProbs(_ sequences: TokenSequences) throws -> [[Float]] {
    var result = [[Float]](repeating: [], count: sequences.count)
    guard sequences.count > 0 else { return [] }
    let schedule = try BatchSchedule(
      lengths: sequences.lengths, batchSize: rows, buckets: buckets,
      stream: RandomStream(seed: 0, name: "scoring"))
    for batch in schedule.inOrder() {
      let bucket = try plan(batch.length)
      for (row, index) in batch.rows.enumerated() {
        try bucket.leaves.write(
          sequences, index, row: row, padding: Int32(model.tokenizer.endOfText))
      }
      try bucket.plan.run()
      let numbers = try bucket.plan.outputs[0].floats()
      for (row, index) in batch.rows.enumerated() where batch.weights[row] > 0 {
        let start = row * batch.length + sequences.contexts[index] - 1
        result[index] = Array(numbers[start..<start + sequences.scoredLength(index)])
      }
    }
    return result
  }

  /// The log-probability of each sequence's scored tokens together, nats.
  public func logProbs(_ sequences: TokenSequences) throws -> [Double] {
    try tokenLogProbs(sequences).map { $0.reduce(0) { $0 + Double($1) } }
  }

  private func plan(_ length: Int) throws -> (leaves: SequenceLeaves, plan: Plan) {
    if let known = plans[length] { return known }
    let leaves = SequenceLeaves(model.graph, rows: rows, length: length)
    let scores = try model.tokenLogProbs(
      ForwardPass(model.store.bind()), inputs: leaves.inputs, targets: leaves.targets)
    let made = (leaves, try model.graph.compile(outputs: [scores.cast(to: .float32)]))
    plans[length] = made
    return made
  }
}
