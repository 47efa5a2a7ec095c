import Testing

@testable import Tasks

@Suite struct BytePairTrainerTests {
  private func spellings(_ texts: [String], _ options: BytePairTrainer.Options) throws -> [String] {
    let tokenizer = try BytePairTrainer.train(texts, options: options)
    return (257..<tokenizer.vocabularySize).compactMap { tokenizer.spelling(of: Int32($0)) }
  }

  @Test func mergesTheMostFrequentPair() throws {
    // "aa" and "ab" occur 4 times each: byte order decides. Then "aab" is what is left.
    #expect(try spellings(["aab aab aab aab"], .init(vocabularySize: 258)) == ["aa"])
    #expect(
      try spellings(["aab aab aab aab"], .init(vocabularySize: 300)) == ["aa", "aab", "Ġaab"])
  }

  @Test func orderOfTextsDoesNotMatter() throws {
    let texts = ["banana band", "bandana", "an nab", "ban the can", "nab a can"]
    let one = try BytePairTrainer.train(texts, options: .init(vocabularySize: 280))
    let two = try BytePairTrainer.train(texts.reversed(), options: .init(vocabularySize: 280))
    #expect(one == two)
  }

  @Test func rarePairsAreLeft() throws {
    var options = BytePairTrainer.Options(vocabularySize: 300)
    options.minimumCount = 3
    #expect(try spellings(["ab ab ab cd cd"], options) == ["ab"])
    #expect(try spellings([], options).isEmpty)
    #expect(try spellings(["", " "], options).isEmpty)
  }

  @Test func sizesWithoutRoomAreRefused() throws {
    #expect(
      faultMessage { _ = try BytePairTrainer.train(["a"], options: .init(vocabularySize: 256)) }
        == "a vocabulary of 256 tokens has no room for 256 bytes and 1 special tokens; "
        + "the smallest is 257")
    var options = BytePairTrainer.Options(vocabularySize: 300)
    options.specialTokens = ["<a>", "<a>"]
    #expect(
      faultMessage { _ = try BytePairTrainer.train(["a"], options: options) }
        == "special tokens must be different and not empty")
  }

  @Test func aLearntTokenIsNeverSpecial() throws {
    var options = BytePairTrainer.Options(vocabularySize: 300)
    options.specialTokens = ["abc", "x"]
    let tokenizer = try BytePairTrainer.train(["abc abc abc abc abc"], options: options)
    let ids = tokenizer.encode("abc abc x")
    #expect(!ids.contains(0) && !ids.contains(1))
    #expect(try tokenizer.decode(ids) == "abc abc x")
  }

  /// Every merge is applied when encoding the training text: no frequent pair is left in it.
  @Test func encodingAgreesWithTraining() throws {
    let text = "she sells sea shells by the sea shore; the shells she sells are sea shells"
    let tokenizer = try BytePairTrainer.train([text], options: .init(vocabularySize: 400))
    for word in WordScanner.words(Array(text.utf8)) {
      let ids = tokenizer.encode(bytes: word)
      for (left, right) in zip(ids, ids.dropFirst()) {
        #expect(!tokenizer.table.merges.contains { $0.left == left && $0.right == right })
      }
    }
    #expect(tokenizer.encode(" shells").count == 1)
  }

  @Test(.enabled(if: movieReviewsAreHere, needsMovieReviews))
  func theRealReviewsFit() throws {
    let task = try PreferenceTask(RatedSnippets.movieReviews())
    let tokenizer = try BytePairTrainer.train(
      task.split.train.map(\.text), options: .init(vocabularySize: 1024))
    #expect(tokenizer.vocabularySize == 1024)
    let lengths = task.split.test.map { tokenizer.encode($0.text).count + 1 }
    let fitting = Double(lengths.filter { $0 <= 96 }.count) / Double(lengths.count)
    #expect(fitting > 0.99)
  }
}
