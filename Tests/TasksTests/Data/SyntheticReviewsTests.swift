import Foundation
import Testing

@testable import Tasks

@Suite struct SyntheticReviewsTests {
  private let world = SyntheticReviews(count: 900, seed: 3)

  @Test func hasTheStructureOfTheRealSource() {
    let snippets = world.source.snippets
    #expect(world.source.name == "synthetic")
    #expect(snippets.map(\.id) == Array(1...900))
    #expect(world.source.duplicateCount == 0)
    #expect(snippets.allSatisfy { $0.block == ($0.id - 1) / 30 })
    #expect(snippets.flatMap(\.ratings).allSatisfy { abs($0) <= 4 })
    for block in Dictionary(grouping: snippets, by: \.block).values {
      #expect(Set(block.map(\.ratings.count)).count == 1)
      #expect((15...20).contains(block[0].ratings.count))
    }
    let positive = snippets.prefix(450).filter { $0.mean > 0 }.count
    #expect(positive > 400)
  }

  @Test func dependsOnTheSeedOnly() {
    #expect(SyntheticReviews(count: 900, seed: 3).source == world.source)
    #expect(SyntheticReviews(count: 900, seed: 4).source != world.source)
    #expect(SyntheticReviews(count: 7, seed: 1).source.snippets.count == 7)
    #expect(SyntheticReviews(count: -1, seed: 1).source.snippets.isEmpty)
  }

  @Test func textsAreSentences() {
    for snippet in world.source.snippets {
      #expect(snippet.text.hasSuffix("."))
      #expect(snippet.text.first?.isUppercase == true)
      #expect(!snippet.text.contains("  "))
    }
  }

  @Test func wordsTellWhoWins() throws {
    var options = PreferenceTask.Options()
    options.counts = [.train: 10, .validation: 10, .test: 1000]
    let pairs = try PreferenceTask(world.source, options: options).pairs(.test)
    let right = pairs.filter { pair in
      world.lexicon.scorePerWord(pair.chosen.snippet.text)
        > world.lexicon.scorePerWord(pair.rejected.snippet.text)
    }
    #expect(right.count > 650)
    let crowd = pairs.filter { $0.chosen.crowd > $0.rejected.crowd }
    #expect(crowd.count > 800)
  }
}
