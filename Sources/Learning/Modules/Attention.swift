import TensorCore

/// Causal self-attention with several heads: `[batch, tokens, width]` to the same.
///
/// Queries may have more heads than keys and values (grouped-query attention); each group of
/// query heads shares one of theirs.
public struct Attention: Sendable {
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let heads: Int
  let keyValueHeads: Int
  let headWidth: Int
  let dropout: Dropout

  /// Declares `q_proj`, `k_proj`, `v_proj` and `o_proj` under a name.
  ///
  /// - Throws: `LearningError` when heads do not divide the width, or groups the heads.
  public init(
    _ name: String, width: Int, heads: Int, keyValueHeads: Int? = nil, bias: Bool = false,
    dropout: Double = 0, initial: InitialValue? = nil, finalInitial: InitialValue? = nil,
    in layout: inout ParameterLayout
  ) throws {
    let shared = keyValueHeads ?? heads
    guard heads > 0, width % heads == 0 else {
      throw LearningError("attention", "\(heads) heads do not divide a width of \(width)")
    }
    guard shared > 0, heads % shared == 0 else {
      throw LearningError(
        "attention", "\(shared) key-value heads do not divide \(heads) query heads")
    }
    self.heads = heads
    self.keyValueHeads = shared
    headWidth = width / heads
    self.dropout = try Dropout(rate: dropout)
    let narrow = shared * headWidth
    func projection(_ part: String, _ inputs: Int, _ outputs: Int, _ initial: InitialValue?)
      throws -> Linear
    {
      try Linear(
        "\(name).\(part)", inputs: inputs, outputs: outputs, bias: bias, initial: initial,
        in: &layout)
    }
    query = try projection("q_proj", width, width, initial)
    key = try projection("k_proj", width, narrow, initial)
    value = try projection("v_proj", width, narrow, initial)
    output = try projection("o_proj", width, width, finalInitial ?? initial)
  }

  /// Attention of every token to itself and those before it.
  ///
  /// - Parameters:
  ///   - x: `[batch, tokens, width]`.
  ///   - pass: the parameters and the dropout.
  ///   - rotary: rotations of queries and keys; none when nil.
  /// - Returns: `[batch, tokens, width]`.
  /// - Throws: `TensorError` where shapes or types do not fit.
  public func callAsFunction(
    _ x: Tensor, _ pass: ForwardPass, rotary: RotaryEmbedding? = nil
  ) throws -> Tensor {
    let tokens = x.shape[1]
    var queries = try split(query(x, pass), heads)
    var keys = try split(key(x, pass), keyValueHeads)
    if let rotary { (queries, keys) = (try rotary(queries), try rotary(keys)) }
    let values = try split(value(x, pass), keyValueHeads)
    let places = try x.graph.iota(tokens)
    let mask = try places.reshape(to: [1, tokens]).le(places.reshape(to: [tokens, 1]))
    return try attend(
      queries, keys.permute([0, 2, 1, 3]), values.permute([0, 2, 1, 3]), mask, pass)
  }

  /// Attention of one new token to itself and those before it, whose keys and values are kept.
  ///
  /// - Parameters:
  ///   - x: `[batch, 1, width]`, the token at `position`.
  ///   - pass: the parameters.
  ///   - rotary: rotations of queries and keys; none when nil.
  ///   - position: 0-based, int64 of shape `[1]`.
  ///   - cache: keys and values of all positions, those from `position` on still to come.
  /// - Returns: `[batch, 1, width]`, and the cache with this token's keys and values.
  /// - Throws: `TensorError` where shapes or types do not fit.
  public func step(
    _ x: Tensor, _ pass: ForwardPass, rotary: RotaryEmbedding?, position: Tensor,
    cache: KeyValues
  ) throws -> (Tensor, KeyValues) {
    var queries = try split(query(x, pass), heads)
    var keys = try split(key(x, pass), keyValueHeads)
    if let rotary {
      (queries, keys) = (try rotary(queries, at: position), try rotary(keys, at: position))
    }
    let values = try split(value(x, pass), keyValueHeads)
    let length = cache.keys.shape[2]
    let updated = KeyValues(
      keys: try cache.keys.replacingRow(2, at: position, with: keys.permute([0, 2, 1, 3])),
      values: try cache.values.replacingRow(2, at: position, with: values.permute([0, 2, 1, 3])))
    let mask = try x.graph.iota(length).le(position).reshape(to: [1, length])
    return (try attend(queries, updated.keys, updated.values, mask, pass), updated)
  }

  /// `[batch, tokens, heads * headWidth]` to `[batch, tokens, heads, headWidth]`.
  private func split(_ x: Tensor, _ heads: Int) throws -> Tensor {
    try x.reshape(to: [x.shape[0], x.shape[1], heads, headWidth])
  }

  /// Queries `[batch, tokens, heads, w]`, keys and values `[batch, shared heads, places, w]`, mask
  /// `[tokens, places]`. The query heads of a group lie as extra rows of one product.
  private func attend(
    _ queries: Tensor, _ keys: Tensor, _ values: Tensor, _ mask: Tensor, _ pass: ForwardPass
  ) throws -> Tensor {
    let (batch, tokens, places) = (queries.shape[0], queries.shape[1], keys.shape[2])
    let group = heads / keyValueHeads
    let scale = 1 / Double(headWidth).squareRoot()
    let rows = try (queries * scale).permute([0, 2, 1, 3])
      .reshape(to: [batch, keyValueHeads, group * tokens, headWidth])
    let scores = try rows.matmul(keys, transposeRight: true)
      .reshape(to: [batch, keyValueHeads, group, tokens, places])
    let masked = try mask.where(scores, else: scores.like(-Double.infinity))
    let weights = try dropout(masked.softmax(-1), pass)
      .reshape(to: [batch, keyValueHeads, group * tokens, places])
    let mixed = try weights.matmul(values)
      .reshape(to: [batch, heads, tokens, headWidth]).permute([0, 2, 1, 3])
      .reshape(to: [batch, tokens, heads * headWidth])
    return try output(mixed, pass)
  }
}

/// The keys and values of earlier tokens, each `[batch, heads, places, head width]`.
public struct KeyValues {
  /// One of the two, `[batch, heads, places, head width]`.
  public var keys: Tensor
  public var values: Tensor

  /// Keys and values of one layer.
  public init(keys: Tensor, values: Tensor) {
    self.keys = keys
    self.values = values
  }
}
