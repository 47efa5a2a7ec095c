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
    /// The two sides of a pair with another prompt, under this pair's prompt; empty where no loss
    /// needs them.
    let mismatched: [Int]
    /// The pair's row in the preference set.
    let row: Int

    /// All of the pair's sequences, in the order of a batch's parts.
    var sequences: [Int] { [chosen, rejected] + mismatched }
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
  ///   - mismatched: whether to pair each prompt with the completions of another one too.
  /// - Throws: `TensorError` when the reference cannot be run.
  init(
    _ set: PreferenceSet, _ model: LanguageModel, reference: LanguageModel, limit: Int,
    mismatched: Bool = false
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
    let others = mismatched ? PreferenceData.rowsOfOtherPrompts(set.prompts) : []
    for row in 0..<set.count {
      let prompt = set.prompts[row]
      all.append(
        Pair(
          chosen: place(prompt, set.chosen[row]), rejected: place(prompt, set.rejected[row]),
          mismatched: mismatched
            ? [place(prompt, set.chosen[others[row]]), place(prompt, set.rejected[others[row]])]
            : [],
          row: row))
    }
    let lengths = sequences.lengths
    pairs = all.filter { pair in pair.sequences.allSatisfy { lengths[$0] <= limit } }
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

  /// For each row the next one, going round, with another prompt; where all prompts are equal, the
  /// next row.
  static func rowsOfOtherPrompts(_ prompts: [String]) -> [Int] {
    let count = prompts.count
    guard Set(prompts).count > 1 else { return (0..<count).map { ($0 + 1) % count } }
    var next = [Int](repeating: 0, count: count)
    // Twice round from the end: the second time every row knows its successor's answer.
    for place in (0..<2 * count).reversed() {
      let (row, after) = (place % count, (place + 1) % count)
      next[row] = prompts[row] == prompts[after] ? next[after] : after
    }
    return next
  }

  /// The reference's log-probability of a whole sequence, nats.
  func referenceLogProb(_ sequence: Int) -> Double {
    referenceTokenLogProbs[sequence].reduce(0) { $0 + Double($1) }
  }
}
