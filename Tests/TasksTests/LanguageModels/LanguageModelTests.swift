import Foundation
import Learning
import TensorCore
import TestSupport
import Testing

@testable import Tasks

@Suite struct LanguageModelTests {
  @Test func scoredTokensAreThoseOfTheCompletionAndTheEnd() throws {
    let tiny = try TinyModel()
    let end = tiny.model.tokenizer.endOfText
    let (tokens, context) = tiny.model.sequence(prompt: "the", completion: " film")
    #expect(tokens.first == end && tokens.last == end)
    #expect(context == 1 + tiny.model.tokenizer.encode("the").count)
    let scorer = SequenceScorer(tiny.model, rows: 4, buckets: LengthBuckets([8, 16]))
    let sequences = TokenSequences(
      tiny.model, prompts: ["the", "", "a"], completions: [" film", "sadly", " dull film"])
    let found = try scorer.tokenLogProbs(sequences)
    for index in 0..<3 {
      let tokens = Array(sequences.packed[index])
      let first = sequences.contexts[index]
      #expect(found[index].count == tokens.count - first)
      for place in first..<tokens.count {
        let expected = try tiny.nextLogProbs(after: Array(tokens[..<place]))[Int(tokens[place])]
        #expect(abs(Double(found[index][place - first]) - expected) < 1e-5)
      }
    }
  }

  @Test func probabilitiesOfAllContinuationsSumToOne() throws {
    let tiny = try TinyModel()
    let logProbs = try tiny.nextLogProbs(after: [tiny.model.tokenizer.endOfText, 70])
    expectClose(logProbs.reduce(0) { $0 + exp($1) }, 1)
  }

  @Test func savedModelsComeBackBitForBit() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("language-model-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for dtype in [DType.float32, .float64] {
      let tiny = try TinyModel(dtype: dtype)
      try tiny.model.save(to: folder)
      let graph = Graph()
      let loaded = try LanguageModel(folder: folder, graph: graph, trainable: false)
      #expect(loaded.shape == tiny.model.shape)
      #expect(loaded.tokenizer == tiny.model.tokenizer)
      #expect(loaded.store.dtype == dtype && !loaded.store.isTrainable)
      #expect(try loaded.store.snapshot() == tiny.model.store.snapshot())
    }
  }

  @Test func otherArchitecturesAreRefused() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("language-model-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tiny = try TinyModel()
    try tiny.model.save(to: folder)
    let path = folder + "/config.json"
    let good = try String(contentsOfFile: path, encoding: .utf8)
    for (part, other) in [
      ("\"llama\"", "\"gpt2\""), ("\"attention_bias\": false", "\"attention_bias\": true"),
      ("\"hidden_size\": 16", "\"hidden_size\": 12"), ("\"vocab_size\"", "\"vocabulary\""),
    ] {
      #expect(good.contains(part), "\(part)")
      try good.replacingOccurrences(of: part, with: other)
        .write(toFile: path, atomically: true, encoding: .utf8)
      #expect(throws: FileError.self) { try LanguageModel(folder: folder, graph: Graph()) }
    }
  }
}
