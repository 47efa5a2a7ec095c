import TensorCore

/// One layer of a Llama-style transformer: attention and a gated feed-forward layer, each after a
/// norm and added to its input; `[batch, tokens, width]` to the same.
public struct TransformerBlock: Sendable {
  let attentionNorm: RMSNorm
  let attention: Attention
  let feedForwardNorm: RMSNorm
  let feedForward: GatedFeedForward
  let dropout: Dropout

  /// Declares the layer's parameters under a name, as Hugging Face's Llama spells them.
  public init(
    _ name: String, _ shape: TransformerShape, in layout: inout ParameterLayout
  ) throws {
    let initial = InitialValue.normal(deviation: shape.initialDeviation)
    // Every layer adds twice to the residual stream; smaller last weights keep its size.
    let final = InitialValue.normal(
      deviation: shape.initialDeviation / (2 * Double(max(shape.layers, 1))).squareRoot())
    attentionNorm = try RMSNorm(
      "\(name).input_layernorm", width: shape.width, epsilon: shape.normEpsilon, in: &layout)
    attention = try Attention(
      "\(name).self_attn", width: shape.width, heads: shape.heads,
      keyValueHeads: shape.keyValueHeads, dropout: shape.dropout, initial: initial,
      finalInitial: final, in: &layout)
    feedForwardNorm = try RMSNorm(
      "\(name).post_attention_layernorm", width: shape.width, epsilon: shape.normEpsilon,
      in: &layout)
    feedForward = try GatedFeedForward(
      "\(name).mlp", width: shape.width, hidden: shape.hidden, initial: initial,
      finalInitial: final, in: &layout)
    dropout = try Dropout(rate: shape.dropout)
  }

  /// `[batch, tokens, width]` to the same.
  public func callAsFunction(
    _ x: Tensor, _ pass: ForwardPass, rotary: RotaryEmbedding
  ) throws -> Tensor {
    let attended = try attention(attentionNorm(x, pass), pass, rotary: rotary)
    return try addFeedForward(x + dropout(attended, pass), pass)
  }

  /// One new token, `[batch, 1, width]`; see `Attention.step`.
  public func step(
    _ x: Tensor, _ pass: ForwardPass, rotary: RotaryEmbedding, position: Tensor, cache: KeyValues
  ) throws -> (Tensor, KeyValues) {
    let (attended, updated) = try attention.step(
      attentionNorm(x, pass), pass, rotary: rotary, position: position, cache: cache)
    return (try addFeedForward(x + attended, pass), updated)
  }

  private func addFeedForward(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try x + dropout(feedForward(feedForwardNorm(x, pass), pass), pass)
  }
}
