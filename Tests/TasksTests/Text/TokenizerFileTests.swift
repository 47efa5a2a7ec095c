import Foundation
import Notation
import Testing

@testable import Tasks

@Suite struct TokenizerFileTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let text: String
      let huggingface_ids: [Int32]
      let native_ids: [Int32]
    }
    let training: [String]
    let cases: [Case]
  }

  private static let goldenFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/tokenizer").path

  private func golden() throws -> Golden {
    let path = "\(Self.goldenFolder)/cases.json"
    return try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// A file that the `tokenizers` library trained gives the ids which that library gives.
  @Test func readsTheirFiles() throws {
    let tokenizer = try BytePairTokenizer(
      path: "\(Self.goldenFolder)/huggingface-tokenizer.json")
    #expect(tokenizer.vocabularySize == 360)
    for example in try golden().cases {
      let ids = tokenizer.encode(example.text, specialTokens: .asToken)
      #expect(ids == example.huggingface_ids, "\(example.text.debugDescription)")
      #expect(try tokenizer.decode(ids) == example.text)
    }
  }

  /// With a file of ours that library gives the ids which we give.
  @Test func theyReadOurFiles() throws {
    let golden = try golden()
    let tokenizer = try BytePairTrainer.train(
      golden.training, options: .init(vocabularySize: 320))
    for example in golden.cases {
      let ids = tokenizer.encode(example.text, specialTokens: .asToken)
      #expect(ids == example.native_ids, "\(example.text.debugDescription)")
    }
  }

  @Test func savedFilesLoad() throws {
    let folder = try TemporaryFolder()
    let tokenizer = try BytePairTrainer.train(
      ["a \"quoted\" \\ text\\ \\ text"], options: .init(vocabularySize: 270))
    try tokenizer.save(to: folder.path, maximumLength: 64)
    #expect(try BytePairTokenizer(path: folder.path) == tokenizer)
    #expect(try folder.names == ["tokenizer.json", "tokenizer_config.json"])
    let config = try JSONValue.read(from: "\(folder.path)/tokenizer_config.json")
    #expect(config["eos_token"]?.string == "<|endoftext|>")
    #expect(config["model_max_length"]?.int == 64)
  }

  @Test func damagedFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    try BytePairTrainer.train(["abab"], options: .init(vocabularySize: 258)).save(to: folder.path)
    let good = try folder.text("tokenizer.json")
    func message(_ old: String, _ new: String) throws -> String {
      #expect(good.contains(old))
      let path = try folder.file("t.json", good.replacingOccurrences(of: old, with: new))
      return faultMessage { _ = try BytePairTokenizer(path: path) }
    }
    #expect(
      try message("\"BPE\"", "\"Unigram\"")
        == "t.json: \"model\" must be of type BPE, found Unigram")
    #expect(
      try message("\"add_prefix_space\": false", "\"add_prefix_space\": true")
        == "t.json: \"add_prefix_space\" is true; only false works here")
    #expect(
      try message("\"a b\"", "\"a zz\"")
        == "t.json: merge 1 must join two tokens to a third, found \"a zz\"")
    #expect(
      try message("\"ab\": 257", "\"ab\": 256").hasPrefix("t.json: two tokens have the id 256"))
    #expect(
      try message("\"ab\": 257", "\"ab\": 258")
        == "t.json: expected the ids 0 ..< 258, found no token 257")
    #expect(
      try message("\"ab\": 257", "\"a b\": 257")
        == "t.json: expected a byte-level token and its id, found \"a b\": 257")
    #expect(try message("{", "{{").hasPrefix("t.json: expected JSON: "))
  }
}
