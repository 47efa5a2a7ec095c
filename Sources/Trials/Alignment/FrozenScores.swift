import Tasks
import TensorCore

/// What a frozen model says of completions: token log-probabilities, nats.
struct FrozenScores {
  /// `reference`, or the name of a model or of a context.
  let name: String
  /// Of each sequence; empty where one is too long.
  let tokenLogProbs: [[Float]]
  /// For each example the sequences, one for each place that a batch has room for.
  let places: [[Int]]

  /// Scores those sequences that fit.
  ///
  /// - Throws: `TensorError` when the model cannot be run.
  static func tokenLogProbs(
    _ model: LanguageModel, _ sequences: TokenSequences, limit: Int
  ) throws -> [[Float]] {
    let fitting = sequences.fitting(limit)
    var kept = TokenSequences()
    for index in fitting {
      kept.append((Array(sequences.packed[index]), sequences.contexts[index]))
    }
    let scorer = SequenceScorer(
      model, buckets: LengthBuckets(fitting: kept.lengths, count: 4))
    var scores = [[Float]](repeating: [], count: sequences.count)
    for (index, found) in zip(fitting, try scorer.tokenLogProbs(kept)) { scores[index] = found }
    return scores
  }
}
