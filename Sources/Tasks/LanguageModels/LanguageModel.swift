import Learning
import TensorCore

/// A transformer language model over texts: its extents, its parameters and its tokenizer.
///
/// A text is scored as its tokens followed by end-of-text, the first token being predicted from
/// an end-of-text before it.
public final class LanguageModel {
  /// Extents.
  public let shape: TransformerShape
  /// Text to tokens and back.
  public let tokenizer: BytePairTokenizer
  /// The layers, which look their parameters up in `store`.
  public let transformer: Transformer
  /// The parameters.
  public let store: ParameterStore
  private let rotaryTables: RotaryEmbedding

  /// The graph the model belongs to.
  public var graph: Graph { store.graph }
  /// Rotation tables for all positions.
  public var rotary: RotaryEmbedding { rotaryTables }
  /// Number of parameters.
  public var parameterCount: Int { store.layout.count }

  /// A model with initial parameters that depend on the seed alone.
  ///
  /// - Throws: `LearningError` for extents that do not fit together.
  public convenience init(
    _ shape: TransformerShape, tokenizer: BytePairTokenizer, graph: Graph, seed: UInt64
  ) throws {
    var layout = ParameterLayout()
    let transformer = try Transformer(shape, in: &layout)
    let store = try ParameterStore(graph, layout)
    try store.initialize(seed: seed)
    try self.init(transformer, tokenizer, store)
  }

  /// A model around parameters that are there.
  public init(
    _ transformer: Transformer, _ tokenizer: BytePairTokenizer, _ store: ParameterStore
  ) throws {
    shape = transformer.shape
    self.transformer = transformer
    self.tokenizer = tokenizer
    self.store = store
    rotaryTables = try transformer.rotary(store.graph, store.dtype)
  }

  /// A model of its own with the same numbers; a reference is not trainable.
  public func copy(trainable: Bool) throws -> LanguageModel {
    try LanguageModel(transformer, tokenizer, store.copy(trainable: trainable))
  }

  // MARK: Sequences

  /// The tokens of a completion after its prompt, with end-of-text before and behind, and how
  /// many of them come before the first scored one.
  public func sequence(prompt: String, completion: String) -> (tokens: [Int32], context: Int) {
    let head = prompt.isEmpty ? [] : tokenizer.encode(prompt).map { Int32($0) }
    let body = tokenizer.encode(completion).map { Int32($0) }
    let end = Int32(tokenizer.endOfText)
    return ([end] + head + body + [end], 1 + head.count)
  }

  /// Log-probabilities of given tokens, each after those before it.
  ///
  /// - Parameters:
  ///   - pass: whose parameters and noise to use.
  ///   - inputs: int64 `[batch, tokens]`, 0-based.
  ///   - targets: int64 `[batch, tokens]`: the token after each input.
  /// - Returns: `[batch, tokens]`, nats.
  /// - Throws: `TensorError` when the shapes differ.
  public func tokenLogProbs(
    _ pass: ForwardPass, inputs: Tensor, targets: Tensor
  ) throws -> Tensor {
    try tokenLogProbs(logits: logits(pass, inputs: inputs), targets: targets)
  }

  /// Scores of every possible next token: int64 `[batch, tokens]` to
  /// `[batch * tokens, vocabulary]`.
  public func logits(_ pass: ForwardPass, inputs: Tensor) throws -> Tensor {
    try transformer(inputs, pass, rotary: rotary)
      .reshape(to: [inputs.count, shape.vocabulary])
  }

  /// Log-probabilities of given tokens by scores that `logits` gave.
  public func tokenLogProbs(logits: Tensor, targets: Tensor) throws -> Tensor {
    let wanted = try targets.reshape(to: [targets.count, 1])
    let scores = try logits.gatherAlong(wanted) - logits.logSumExp([-1], keepingAxes: true)
    return try scores.reshape(to: targets.shape)
  }
}
