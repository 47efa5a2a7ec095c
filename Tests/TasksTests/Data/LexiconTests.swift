import Testing

@testable import Tasks

@Suite struct LexiconTests {
  private func lexicon(_ text: String) throws -> Lexicon {
    let folder = try TemporaryFolder()
    return try Lexicon(path: folder.file("l.txt", text))
  }

  private let small =
    "good\t1.9\t0.9\t[2, 1]\r\nbad\t-2.5\r\n:)\t2.0\r\n"
    + ":D\t2.3\r\n:d\t1\r\ncan't stand\t-2"

  @Test func readsTokens() throws {
    let lexicon = try lexicon(small)
    #expect(lexicon.ratedTokenCount == 6)
    #expect(lexicon.entries.map(\.token) == ["good", "bad", ":)", ":d", "can't stand"])
    #expect(lexicon.score(word: ":d") == 2.3)
    #expect(lexicon.score(word: "good") == 1.9)
    #expect(lexicon.score(word: "plain") == nil)
  }

  @Test func splitsWordsAsDocumented() throws {
    let lexicon = try lexicon(small)
    #expect(Lexicon.words(" The GOOD,\n bad\u{A0}x ") == ["the", "good,", "bad", "x"])
    #expect(Lexicon.bare("'(good!?'") == "good")
    #expect(Lexicon.bare("...") == "")
    #expect(Lexicon.bare("can't") == "can't")
    let score = lexicon.score(text: "A \"GOOD\" film :) not bad.")
    #expect(score.words == 6)
    #expect(abs(score.sum - 1.4) < 1e-12)
    #expect(abs(lexicon.scorePerWord("good x") - 0.95) < 1e-12)
    #expect(lexicon.scorePerWord(" ") == 0)
  }

  @Test func faultsNameTheLine() {
    #expect(
      faultMessage { _ = try lexicon("good\t1\nbad") }
        == "l.txt:2: expected a token, a tab and a number, found \"bad\"")
    #expect(
      faultMessage { _ = try lexicon("good\tmuch") }
        == "l.txt:1: expected a token, a tab and a number, found \"good\tmuch\"")
    #expect(faultMessage { _ = try lexicon("") } == "l.txt: expected rated tokens, found none")
  }

  @Test(.enabled(if: movieReviewsAreHere, needsMovieReviews))
  func theRealLexicon() throws {
    let lexicon = try Lexicon.movieReviews()
    #expect(lexicon.ratedTokenCount == 7520)
    #expect(lexicon.score(word: "great") == 3.1)
    #expect(lexicon.score(word: "horrible!") == -2.5)
    print("lexicon: \(lexicon.entries.count) tokens after lower-casing")
  }
}
