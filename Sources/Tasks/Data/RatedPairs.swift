import TensorCore

/// Two snippets of which one got the higher rating.
public struct RatedPair: Sendable, Equatable {
  /// One side of a pair.
  public struct Side: Sendable, Equatable {
    /// The snippet.
    public let snippet: RatedSnippet
    /// The position, in the snippet's list, of the rating that decided the pair.
    public let rater: Int

    /// The mean of the snippet's other ratings: what the crowd says without the deciding one.
    public var crowd: Double { snippet.mean(without: rater) }
  }

  /// The side labelled better.
  public let chosen: Side
  /// The side labelled worse.
  public let rejected: Side
  /// The higher of the two deciding ratings.
  public let chosenRating: Int
  /// The lower of the two deciding ratings.
  public let rejectedRating: Int

  /// The pair with the sides exchanged and the ratings, which belong to the labels, left in place.
  var swapped: RatedPair {
    RatedPair(
      chosen: rejected, rejected: chosen, chosenRating: chosenRating,
      rejectedRating: rejectedRating)
  }
}

/// How pairs are made of rated snippets.
public enum PairKind: String, Sendable, CaseIterable, Codable {
  /// Any two snippets of a part, one random rating of each: in general two different people's, so
  /// a label is no single person's preference.
  case twoRater = "two-rater"
  /// Two snippets of a block, both rated by one person: the same position in both lists.
  case sameRater = "same-rater"
}

/// Draws labelled pairs from one part of a split. Equal ratings are drawn again.
public struct PairMaker: Sendable {
  private let snippets: [RatedSnippet]
  private let kind: PairKind
  private let blocks: [Int: [Int]]

  /// Prepares to draw pairs.
  ///
  /// - Parameters:
  ///   - snippets: the snippets of one part; no other appears in a pair.
  ///   - kind: how the two sides and their ratings are drawn.
  public init(snippets: [RatedSnippet], kind: PairKind) {
    self.snippets = snippets
    self.kind = kind
    blocks = Dictionary(grouping: snippets.indices, by: { snippets[$0].block })
  }

  /// Draws pairs; the first n of a longer list are the list of n.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - stream: the randomness; its position is not used.
  ///   - shufflesLabels: whether a fair coin decides, for each pair, which side is called better.
  /// - Returns: the pairs, better side first.
  /// - Throws: `PairError` where the snippets offer no two different ratings to compare.
  public func pairs(
    count: Int, stream: RandomStream, shufflesLabels: Bool = false
  ) throws -> [RatedPair] {
    var draws = stream.child(kind.rawValue)
    var coins = stream.child("labels")
    var made: [RatedPair] = []
    made.reserveCapacity(max(count, 0))
    var ties = 0
    while made.count < count {
      if let pair = draw(&draws) {
        made.append(shufflesLabels && coins.uniform() < 0.5 ? pair.swapped : pair)
        ties = 0
      } else {
        ties += 1
        guard ties < 10_000 else { throw PairError(kind: kind, snippetCount: snippets.count) }
      }
    }
    return made
  }

  /// One attempt; nil when the two ratings are equal or there is no second snippet.
  private func draw(_ stream: inout RandomStream) -> RatedPair? {
    let first = stream.uniform(below: snippets.count)
    guard first < snippets.count, !snippets[first].ratings.isEmpty else { return nil }
    let pool = kind == .twoRater ? nil : blocks[snippets[first].block] ?? []
    var second = stream.uniform(below: (pool?.count ?? snippets.count))
    if let pool { second = pool[second] }
    guard second != first, !snippets[second].ratings.isEmpty else { return nil }
    let firstRater = stream.uniform(below: snippets[first].ratings.count)
    let secondRater =
      kind == .sameRater ? firstRater : stream.uniform(below: snippets[second].ratings.count)
    guard secondRater < snippets[second].ratings.count else { return nil }
    let one = RatedPair.Side(snippet: snippets[first], rater: firstRater)
    let two = RatedPair.Side(snippet: snippets[second], rater: secondRater)
    let (a, b) = (one.snippet.ratings[firstRater], two.snippet.ratings[secondRater])
    if a == b { return nil }
    return a > b
      ? RatedPair(chosen: one, rejected: two, chosenRating: a, rejectedRating: b)
      : RatedPair(chosen: two, rejected: one, chosenRating: b, rejectedRating: a)
  }
}

/// Pairs were asked of snippets that have none.
public struct PairError: Error, Sendable, CustomStringConvertible {
  let kind: PairKind
  let snippetCount: Int

  /// What was asked and why there is no answer.
  public var description: String {
    "cannot draw \(kind.rawValue) pairs: among \(snippetCount) snippets no two"
      + (kind == .sameRater ? " of one block" : "") + " have different ratings"
  }
}
