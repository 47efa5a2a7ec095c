import Tasks
import TensorCore

/// Preference pairs as tokens, with the reference's log-probabilities computed once.
///
/// Equal completions of equal prompts are kept once, so a text in many pairs is scored once.
struct PreferenceData {
  /// Positions in `sequences` of the two sides of a pair.
  struct Pair: Sendable {
    let chosen: Int
    let rejected: Int
    /// The pair's row in the preference set.
    let row: Int
  }

  /// The distinct completions.
  private(set) var sequences = TokenSequences()
  /// The pairs of which both sides fit.
  private(set) var pairs: [Pair] = []
  /// Pairs left out because a side is longer than the model's limit.
  let droppedCount: Int
  /// The frozen reference's log-probability of each scored token of each sequence.
  let referenceTokenLogProbs: [[Float]]
  /// Extra numbers of the data, one a row of the preference set.
  let columns: [PreferenceSet.Column]

  /// Encodes a preference set and scores it under the reference.
  ///
  /// - Parameters:
  ///   - set: the rows.
  ///   - model: for its tokenizer.
  ///   - reference: the frozen model.
  ///   - limit: tokens to predict at most.
  /// - Throws: `TensorError` when the reference cannot be run.
  init(
    _ set: PreferenceSet, _ model: LanguageModel, reference: LanguageModel, limit: Int
  ) throws {
    var places: [String: Int] = [:]
    var sequences = TokenSequences()
    func place(_ prompt: String, _ completion: String) -> Int {
      let key = prompt + "\u{0}" + completion
      if let known = places[key] { return known }
      places[key] = sequences.count
      sequences.append(model.sequence(prompt: prompt, completion: completion))
      return sequences.count - 1
    }
    var all: [Pair] = []
    for row in 0..<set.count {
      all.append(
        Pair(
          chosen: place(set.prompts[row], set.chosen[row]),
          rejected: place(set.prompts[row], set.rejected[row]), row: row))
    }
    let lengths = sequences.lengths
    pairs = all.filter { max(lengths[$0.chosen], lengths[$0.rejected]) <= limit }
    droppedCount = all.count - pairs.count
    self.sequences = sequences
    columns = set.columns
    let fitting = sequences.fitting(limit)
    var kept = TokenSequences()
    for index in fitting {
      kept.append((Array(sequences.packed[index]), sequences.contexts[index]))
    }
    let scorer = SequenceScorer(
      reference, buckets: LengthBuckets(fitting: kept.lengths, count: 4))
    var scores = [[Float]](repeating: [], count: sequences.count)
    for (index, found) in zip(fitting, try scorer.tokenLogProbs(kept)) { scores[index] = found }
    referenceTokenLogProbs = scores
  }

  /// The reference's log-probability of a whole sequence, nats.
  func referenceLogProb(_ sequence: Int) -> Double {
    referenceTokenLogProbs[sequence].reduce(0) { $0 + Double($1) }
  }
}
