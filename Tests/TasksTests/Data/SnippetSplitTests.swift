import TensorCore
import Testing

@testable import Tasks

/// Ten blocks of ten snippets rated by four people; the first six blocks sound good.
func smallSource() -> RatedSnippets {
  var stream = RandomStream(seed: 9, name: "small-source")
  let snippets = (1...300).filter { ($0 - 1) % 30 < 10 }.map { id in
    let block = (id - 1) / 30
    return RatedSnippet(
      id: id, block: block, text: "text \(id)",
      ratings: (0..<4).map { _ in stream.uniform(below: 4) + (block < 6 ? 0 : -4) })
  }
  return RatedSnippets(name: "small", snippets: snippets)
}

@Suite struct SnippetSplitTests {
  private let source = smallSource()

  private func split(seed: UInt64) -> SnippetSplit {
    SnippetSplit(source, stream: RandomStream(seed: seed, name: "split"))
  }

  @Test(arguments: 0..<20) func partsShareNoBlock(seed: Int) {
    let split = split(seed: UInt64(seed))
    let blocks = SnippetSplit.Part.allCases.map { Set(split[$0].map(\.block)) }
    #expect(blocks[0].isDisjoint(with: blocks[1]))
    #expect(blocks[0].isDisjoint(with: blocks[2]))
    #expect(blocks[1].isDisjoint(with: blocks[2]))
    let ids = SnippetSplit.Part.allCases.flatMap { split[$0].map(\.id) }
    #expect(ids.sorted() == source.snippets.map(\.id))
    #expect(blocks.map(\.count) == [7, 1, 2])
  }

  @Test func strataKeepTheirShares() {
    let split = split(seed: 4)
    #expect(Set(split.train.map(\.block)).filter { $0 < 6 }.count == 4)
    #expect(Set(split.test.map(\.block)).filter { $0 < 6 }.count == 1)
  }

  @Test func dependsOnTheSeedOnly() {
    #expect(split(seed: 1) == split(seed: 1))
    #expect(split(seed: 1).train.map(\.id) != split(seed: 2).train.map(\.id))
    #expect(split(seed: 1).train.map(\.id) != split(seed: 1).train.map(\.id).sorted())
  }

  @Test(.enabled(if: movieReviewsAreHere, needsMovieReviews))
  func theRealReviews() throws {
    let source = try RatedSnippets.movieReviews()
    let split = SnippetSplit(source, stream: RandomStream(seed: 1, name: "split"))
    let total = Double(source.snippets.count)
    for (part, share) in zip(SnippetSplit.Part.allCases, [0.7, 0.1, 0.2]) {
      #expect(abs(Double(split[part].count) / total - share) < 0.01)
      let positive = split[part].filter { $0.mean > 0 }.count
      #expect(abs(Double(positive) / Double(split[part].count) - 0.49) < 0.03)
    }
    let texts = SnippetSplit.Part.allCases.map { Set(split[$0].map(\.text)) }
    #expect(texts[0].isDisjoint(with: texts[1].union(texts[2])))
  }
}
