import TensorCore

/// Rated snippets cut into training, validation and test parts, whole blocks at a time.
///
/// Cutting by block keeps the people of a held-out pair, as well as its texts, out of training.
public struct SnippetSplit: Sendable, Equatable {
  /// A part of a split, by its name in file names and reports.
  public enum Part: String, Sendable, CaseIterable, Codable {
    case train, validation, test
  }

  /// The snippets to train on, in random order.
  public let train: [RatedSnippet]
  /// The snippets to choose settings on, in random order.
  public let validation: [RatedSnippet]
  /// The snippets to report on, in random order.
  public let test: [RatedSnippet]

  /// Cuts by block 70/10/20, separately among blocks of positive and of negative mean rating.
  ///
  /// - Parameters:
  ///   - source: the snippets.
  ///   - stream: the randomness; its position is not used.
  public init(_ source: RatedSnippets, stream: RandomStream) {
    let blocks = Dictionary(grouping: source.snippets, by: \.block)
    var parts: [Part: [RatedSnippet]] = [:]
    for isPositive in [true, false] {
      var ids = blocks.keys.sorted().filter { id in
        ((blocks[id] ?? []).map(\.mean).reduce(0, +) > 0) == isPositive
      }
      var order = stream.child(isPositive ? "positive-blocks" : "negative-blocks")
      order.shuffle(&ids)
      let cut = (ids.count * 7 + 5) / 10
      let end = (ids.count * 8 + 5) / 10
      for (index, id) in ids.enumerated() {
        let part: Part = index < cut ? .train : index < end ? .validation : .test
        parts[part, default: []] += blocks[id] ?? []
      }
    }
    func shuffled(_ part: Part) -> [RatedSnippet] {
      var snippets = parts[part] ?? []
      var order = stream.child("order-\(part.rawValue)")
      order.shuffle(&snippets)
      return snippets
    }
    train = shuffled(.train)
    validation = shuffled(.validation)
    test = shuffled(.test)
  }

  /// The snippets of a part.
  public subscript(part: Part) -> [RatedSnippet] {
    switch part {
    case .train: train
    case .validation: validation
    case .test: test
    }
  }
}
