import TensorCore
import Testing

@testable import Tasks

@Suite struct BytePairTokenizerTests {
  private let tokenizer: BytePairTokenizer

  init() throws {
    tokenizer = try BytePairTrainer.train(
      ["the cat and the hat and the mat, and that's that", "the 😀 cat"],
      options: .init(vocabularySize: 280))
  }

  @Test func anyBytesComeBack() throws {
    var stream = RandomStream(seed: 1, name: "bytes")
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in
        stream.uniform() < 0.5
          ? UInt8(stream.uniform(below: 256)) : Array("the cat's ".utf8)[stream.uniform(below: 10)]
      }
      #expect(try tokenizer.decodeBytes(tokenizer.encode(bytes: bytes)) == bytes)
    }
  }

  @Test func textComesBack() throws {
    let text = "the hat's <|endoftext|> 映画\r\n"
    #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
    #expect(try tokenizer.decode(tokenizer.encode(text, specialTokens: .asToken)) == text)
  }

  @Test func cachedWordsGiveTheSameIds() {
    let fresh = tokenizer.encode("the cat the cat")
    #expect(tokenizer.encode("the cat the cat") == fresh)
    #expect(fresh.count == 4)
    #expect(fresh.map { tokenizer.spelling(of: $0) } == ["the", "Ġcat", "Ġthe", "Ġcat"])
  }

  @Test func specialTokensAreTextUnlessAsked() throws {
    let text = "a<|endoftext|><|endoftext|>b"
    #expect(!tokenizer.encode(text).contains(tokenizer.endOfText))
    let ids = tokenizer.encode(text, specialTokens: .asToken)
    #expect(ids.count == 4)
    #expect(ids[1] == 0 && ids[2] == 0 && tokenizer.endOfText == 0)
    #expect(try tokenizer.decode(ids, skipsSpecialTokens: true) == "ab")
    #expect(tokenizer.spelling(of: 0) == "<|endoftext|>")
  }

  @Test func strangeIdsAreErrors() {
    for id in [-1, 268] as [Int32] {
      #expect(throws: TokenizerError.self) { _ = try tokenizer.decode([id]) }
      #expect(tokenizer.spelling(of: id) == nil)
    }
    #expect(
      faultMessage { _ = try tokenizer.decodeBytes([268]) }
        == "the token id 268 is outside the vocabulary 0 ..< 268")
  }
}
