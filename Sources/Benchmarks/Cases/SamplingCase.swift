import Learning
import Tasks
import TensorCore

/// Texts drawn from the language model, with kept keys and values.
enum SamplingCase {
  static let sampling = made()
  private static let (rows, tokens) = (32, 64)

  private static func made() -> BenchmarkCase {
    var made = BenchmarkCase(
      "sampling", "64 tokens for each of 32 prompts, temperature 1",
      sizes: "4 layers, width 128, 4 heads, vocabulary 257"
    ) { try prepare(threads: $0) }
    let weights = 4 * (4 * 128 * 128 + 3 * 128 * 352) + 257 * 128
    made.work.operations = Double(2 * rows * tokens * weights)
    made.targets = [.faster(3, than: .eager)]
    return made
  }

  private static func prepare(threads: Int) throws -> PreparedWork {
    let graph = Graph(threads: threads)
    let tokenizer = try BytePairTrainer.train(
      ["a"], options: BytePairTrainer.Options(vocabularySize: 257))
    let model = try LanguageModel(
      LanguageModelCases.shape(vocabulary: tokenizer.vocabularySize), tokenizer: tokenizer,
      graph: graph, seed: 1)
    var options = SamplingOptions()
    options.limit = tokens
    let sampler = try TextSampler(
      model, options: options, stream: RandomStream(seed: 1, name: "benchmark"), rows: rows)
    return PreparedWork(graph: graph) { _ = try sampler.sample(rows) }
  }
}
