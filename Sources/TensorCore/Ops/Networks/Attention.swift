/// Attention.
enum Attention {
  static let operations: [Operation] = [attention]

  private static let attention = Operation(
    "scaled_dot_product_attention",
    "softmax(q k^T scale) v over the last two axes; scale is 1 / sqrt(width). A bool mask tells "
      + "what is seen, a number mask is added; a row that sees nothing gives 0.",
    [
      .tensor("query"), .tensor("key"), .tensor("value"),
      Parameter("mask", .tensor, optional: true), Parameter("causal", .flag, optional: true),
      Parameter("scale", .tensor, optional: true),
    ], domain: .none,
    spelling: Spelling(
      torch: "torch.nn.functional.scaled_dot_product_attention(#1, #2, #3)",
      jax: "jax.nn.dot_product_attention(#1, #2, #3)"),
    body: .composite { arguments in
      let scale = try arguments.optionalScalar(5)
      return [
        try arguments.tensor(0).attention(
          arguments.tensor(1), arguments.tensor(2), mask: arguments.optionalTensor(3),
          isCausal: arguments.flag(4), scale: scale)
      ]
    })
}

extension Tensor {
  /// Attention of this tensor, the queries [..., n, d], over keys [..., m, d] and values
  /// [..., m, e]: [..., n, e].
  ///
  /// `mask` broadcasts to [..., n, m]: bool, true where seen, or numbers to add to the scores.
  public func attention(
    _ key: Tensor, _ value: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
    scale: Tensor? = nil
  ) throws -> Tensor {
    guard rank >= 2, key.rank >= 2, value.rank >= 2, shape[rank - 1] == key.shape[key.rank - 1]
    else {
      throw TensorError(
        "scaled_dot_product_attention",
        "expected queries, keys and values [..., n, width], got \(shape), \(key.shape) and "
          + "\(value.shape)")
    }
    let factor = scale ?? like(1 / Double(shape[rank - 1]).squareRoot())
    var scores = try matmul(key, transposeRight: true) * factor
    if isCausal {
      let seen = try graph.lowerTriangle(shape[rank - 2], key.shape[key.rank - 2])
      scores = try seen.where(scores, else: scores.like(-.infinity))
    }
    guard let mask else { return try scores.softmax().matmul(value) }
    if mask.dtype == .bool {
      scores = try mask.where(scores, else: scores.like(-.infinity))
    } else {
      scores = try scores + mask
    }
    return try scores.softmaxOfSeen().matmul(value)
  }

  /// The softmax of the last axis, 0 where all is -inf.
  private func softmaxOfSeen() throws -> Tensor {
    let largest = try maximum([rank - 1], keepingAxes: true).stopGradient()
    let shift = try largest.isFinite().where(largest, else: largest.like(0))
    let powers = try (self - shift).exp()
    let total = try powers.sum([rank - 1], keepingAxes: true)
    return try powers * total.eq(0).where(total.like(1), else: total).reciprocal()
  }
}
