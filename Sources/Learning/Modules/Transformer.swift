import TensorCore

/// The extents of a transformer language model.
public struct TransformerShape: Sendable, Hashable {
  /// Tokens there are.
  public var vocabulary: Int
  /// Numbers that describe a token inside the model.
  public var width = 128
  public var layers = 4
  public var heads = 4
  /// Heads of keys and values; must divide `heads`.
  public var keyValueHeads = 4
  /// Inner width of the feed-forward layers.
  public var hidden = 352
  /// Longest sequence.
  public var length = 64
  /// Whether the embedding table is also the output layer.
  public var tiesEmbeddings = true
  /// Base of the rotary wavelengths.
  public var rotaryBase = 10_000.0
  public var normEpsilon = 1e-5
  /// Share of activations dropped while a pass has dropout on.
  public var dropout = 0.0
  /// Standard deviation of the initial weights.
  public var initialDeviation = 0.02

  /// The default extents for a vocabulary.
  public init(vocabulary: Int) {
    self.vocabulary = vocabulary
  }
}

/// A decoder-only transformer in the architecture of Llama: rotary positions, RMS norms, gated
/// feed-forward layers, no biases. Parameters are named and laid out as Hugging Face's
/// `LlamaForCausalLM` has them.
public struct Transformer: Sendable {
  /// The extents.
  public let shape: TransformerShape
  public let embedding: Embedding
  let blocks: [TransformerBlock]
  let norm: RMSNorm
  /// The output layer; nil when the embedding table serves.
  public let head: Linear?

  /// Declares all parameters of the model.
  ///
  /// - Throws: `LearningError` for extents that do not fit together.
  public init(_ shape: TransformerShape, in layout: inout ParameterLayout) throws {
    guard shape.vocabulary > 0, shape.layers >= 0, shape.length > 0 else {
      throw LearningError(
        "transformer",
        "vocabulary \(shape.vocabulary), layers \(shape.layers) and length "
          + "\(shape.length) must be positive")
    }
    self.shape = shape
    let initial = InitialValue.normal(deviation: shape.initialDeviation)
    embedding = try Embedding(
      "model.embed_tokens", count: shape.vocabulary, width: shape.width, initial: initial,
      in: &layout)
    blocks = try (0..<shape.layers).map {
      try TransformerBlock("model.layers.\($0)", shape, in: &layout)
    }
    norm = try RMSNorm(
      "model.norm", width: shape.width, epsilon: shape.normEpsilon, in: &layout)
    head =
      shape.tiesEmbeddings
      ? nil
      : try Linear(
        "lm_head", inputs: shape.width, outputs: shape.vocabulary, bias: false, initial: initial,
        in: &layout)
  }

  /// The rotation tables this model needs.
  public func rotary(_ graph: Graph, _ dtype: DType = .float32) throws -> RotaryEmbedding {
    try RotaryEmbedding(
      graph, length: shape.length, width: shape.width / shape.heads, theta: shape.rotaryBase,
      dtype)
  }

  /// What the model makes of each token.
  ///
  /// - Parameters:
  ///   - ids: int64 `[batch, tokens]`, 0-based.
  ///   - pass: the parameters.
  ///   - rotary: tables as `rotary(_:_:)` makes them.
  /// - Returns: `[batch, tokens, width]`, to be given to `logits`.
  /// - Throws: `TensorError` where shapes or types do not fit.
  public func hidden(
    _ ids: Tensor, _ pass: ForwardPass, rotary: RotaryEmbedding
  ) throws -> Tensor {
    var x = try embedding(ids, pass)
    for block in blocks { x = try block(x, pass, rotary: rotary) }
    return try norm(x, pass)
  }

  /// Scores of every possible next token: `[..., width]` to `[..., vocabulary]`.
  public func logits(_ hidden: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try head.map { try $0(hidden, pass) } ?? embedding.scores(hidden, pass)
  }

  /// Scores of every possible next token: int64 `[batch, tokens]` to
  /// `[batch, tokens, vocabulary]`.
  public func callAsFunction(
    _ ids: Tensor, _ pass: ForwardPass, rotary: RotaryEmbedding
  ) throws -> Tensor {
    try logits(hidden(ids, pass, rotary: rotary), pass)
  }

  /// One token of each sequence, after those whose keys and values are kept.
  ///
  /// - Parameters:
  ///   - ids: int64 `[batch]`, the tokens at `position`.
  ///   - pass: the parameters.
  ///   - rotary: tables as `rotary(_:_:)` makes them.
  ///   - position: 0-based, int64 of shape `[1]`.
  ///   - caches: keys and values, one for each layer.
  /// - Returns: scores of the next tokens `[batch, vocabulary]`, and the caches with these tokens.
  /// - Throws: `TensorError` where shapes or types do not fit.
  public func step(
    _ ids: Tensor, _ pass: ForwardPass, rotary: RotaryEmbedding, position: Tensor,
    caches: [KeyValues]
  ) throws -> (logits: Tensor, caches: [KeyValues]) {
    let batch = ids.shape[0]
    var x = try embedding(ids, pass).reshape(to: [batch, 1, shape.width])
    var updated: [KeyValues] = []
    for (block, cache) in zip(blocks, caches) {
      let (next, kept) = try block.step(
        x, pass, rotary: rotary, position: position, cache: cache)
      x = next
      updated.append(kept)
    }
    let last = try norm(x, pass).reshape(to: [batch, shape.width])
    return (try logits(last, pass), updated)
  }
}
