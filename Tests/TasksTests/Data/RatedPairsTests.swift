import TensorCore
import Testing

@testable import Tasks

@Suite struct RatedPairsTests {
  private let snippets = smallSource().snippets
  private let stream = RandomStream(seed: 3, name: "pairs")

  private func pairs(_ kind: PairKind, _ count: Int, shuffled: Bool = false) throws -> [RatedPair] {
    try PairMaker(snippets: snippets, kind: kind).pairs(
      count: count, stream: stream, shufflesLabels: shuffled)
  }

  @Test(arguments: PairKind.allCases) func theHigherRatingIsChosen(kind: PairKind) throws {
    let pairs = try pairs(kind, 500)
    #expect(pairs.count == 500)
    for pair in pairs {
      #expect(pair.chosenRating > pair.rejectedRating)
      #expect(pair.chosen.snippet.ratings[pair.chosen.rater] == pair.chosenRating)
      #expect(pair.rejected.snippet.ratings[pair.rejected.rater] == pair.rejectedRating)
      #expect(pair.chosen.snippet.id != pair.rejected.snippet.id)
    }
  }

  @Test func sameRaterIsOneColumnOfOneBlock() throws {
    for pair in try pairs(.sameRater, 500) {
      #expect(pair.chosen.snippet.block == pair.rejected.snippet.block)
      #expect(pair.chosen.rater == pair.rejected.rater)
    }
    let crossing = try pairs(.twoRater, 500).filter {
      $0.chosen.snippet.block != $0.rejected.snippet.block
    }
    #expect(crossing.count > 300)
  }

  @Test func crowdLeavesTheDecidingRatingOut() {
    let snippet = RatedSnippet(id: 1, block: 0, text: "a", ratings: [4, -1, 0])
    #expect(RatedPair.Side(snippet: snippet, rater: 0).crowd == -0.5)
  }

  @Test(arguments: PairKind.allCases) func isDeterministicAndPrefixStable(kind: PairKind) throws {
    #expect(try pairs(kind, 50) == Array(pairs(kind, 80).prefix(50)))
    let other = try PairMaker(snippets: snippets, kind: kind).pairs(
      count: 50, stream: RandomStream(seed: 4, name: "pairs"))
    #expect(try pairs(kind, 50) != other)
  }

  @Test func shuffledLabelsAreCoinFlipsOfTheSamePairs() throws {
    let plain = try pairs(.twoRater, 2000)
    let shuffled = try pairs(.twoRater, 2000, shuffled: true)
    var swaps = 0
    for (before, after) in zip(plain, shuffled) {
      #expect(after == before || after == before.swapped)
      #expect(after.chosenRating > after.rejectedRating)
      if after.chosen != before.chosen { swaps += 1 }
    }
    #expect(abs(swaps - 1000) < 120)
  }

  @Test func saysWhenThereAreNoPairs() {
    let same = [1, 2].map { RatedSnippet(id: $0, block: 0, text: "\($0)", ratings: [2, 2]) }
    let apart = [1, 31].map {
      RatedSnippet(id: $0, block: $0 / 30, text: "\($0)", ratings: [$0 % 3])
    }
    for (snippets, kind) in [(same, PairKind.twoRater), (apart, .sameRater), ([], .twoRater)] {
      let maker = PairMaker(snippets: snippets, kind: kind)
      let message = faultMessage { _ = try maker.pairs(count: 1, stream: stream) }
      #expect(message.hasPrefix("cannot draw \(kind.rawValue) pairs: among \(snippets.count)"))
    }
  }
}
