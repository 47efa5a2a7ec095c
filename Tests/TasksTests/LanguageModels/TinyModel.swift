import Learning
import TensorCore

@testable import Tasks

/// A small model with its tokenizer, in float64, for tests.
struct TinyModel {
  let graph: Graph
  let model: LanguageModel

  static let texts = [
    "a warm and funny film", "a dull film, sadly", "funny and warm", "sadly it is dull",
    "the film is warm", "the plot is thin and the film is dull",
  ]

  init(
    seed: UInt64 = 1, deviation: Double = 0.3, dtype: DType = .float64, threads: Int = 1,
    dropout: Double = 0
  ) throws {
    graph = Graph(threads: threads)
    let tokenizer = try BytePairTrainer.train(
      TinyModel.texts, options: BytePairTrainer.Options(vocabularySize: 280))
    var shape = TransformerShape(vocabulary: tokenizer.vocabularySize)
    (shape.width, shape.layers, shape.heads, shape.keyValueHeads) = (16, 2, 4, 2)
    (shape.hidden, shape.length, shape.initialDeviation) = (24, 24, deviation)
    shape.dropout = dropout
    var layout = ParameterLayout()
    let transformer = try Transformer(shape, in: &layout)
    let store = try ParameterStore(graph, layout, dtype)
    try store.initialize(seed: seed)
    model = try LanguageModel(transformer, tokenizer, store)
  }

  /// The log-probabilities of every next token after some tokens.
  func nextLogProbs(after tokens: [Int32]) throws -> [Double] {
    let ids = try graph.tensor(tokens.map { Int64($0) }, shape: [1, tokens.count])
    let logits = try model.transformer(
      ids, ForwardPass(model.store.bind()), rotary: model.rotary)
    return try logits.slice(1, start: tokens.count - 1, count: 1)
      .reshape(to: [model.shape.vocabulary]).logSoftmax(-1).doubles()
  }
}
