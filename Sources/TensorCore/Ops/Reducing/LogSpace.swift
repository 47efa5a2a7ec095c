/// Sums of exponentials and what is made of them, stable by construction.
enum LogSpace {
  static let operations: [Operation] = [softmax, logSoftmax, softmin, logSumExp]

  private static let axis = Parameter("axis", .axis, optional: true)
  private static let axes = Parameter("axes", .axes, optional: true)
  private static let keep = Parameter("keepdim", .flag, optional: true)

  private static let softmax = Operation(
    "softmax", "e to the x over its sum along an axis, the last by default.",
    [.tensor("x"), axis], domain: .none,
    spelling: Spelling(
      latex: "\\operatorname{softmax}(#1)", torch: "torch.softmax(#1, dim=#2)",
      jax: "jax.nn.softmax(#1, axis=#2)"),
    body: .composite { [try $0.tensor(0).softmax($0.integer(1, default: -1))] })

  private static let softmin = Operation(
    "softmin", "softmax(-x) along an axis, the last by default.", [.tensor("x"), axis],
    domain: .none, body: .composite { [try (-$0.tensor(0)).softmax($0.integer(1, default: -1))] })

  private static let logSoftmax = Operation(
    "log_softmax", "log of softmax(x) along an axis, the last by default.",
    [.tensor("x"), axis], domain: .none,
    spelling: Spelling(
      latex: "\\log \\operatorname{softmax}(#1)", torch: "torch.log_softmax(#1, dim=#2)",
      jax: "jax.nn.log_softmax(#1, axis=#2)"),
    body: .composite { [try $0.tensor(0).logSoftmax($0.integer(1, default: -1))] })

  private static let logSumExp = Operation(
    "logsumexp", "log of the sum of e to the x over axes, all by default; -inf where all are.",
    [.tensor("x"), axes, keep], domain: .none,
    spelling: Spelling(
      latex: "\\log \\sum e^{#1}", torch: "torch.logsumexp(#1, dim=#2)",
      jax: "jax.nn.logsumexp(#1, axis=#2)"),
    body: .composite {
      [try $0.tensor(0).logSumExp($0.integers(1), keepingAxes: $0.flag(2))]
    })
}

extension Tensor {
  /// e to the x over its sum along a 0-based axis.
  public func softmax(_ axis: Int = -1) throws -> Tensor {
    let axes = [try self.axis(axis, "softmax")]
    let shifted = try self - maximum(axes, keepingAxes: true).stopGradient()
    let powers = try shifted.exp()
    return try powers * powers.sum(axes, keepingAxes: true).reciprocal()
  }

  /// log of the softmax along a 0-based axis.
  public func logSoftmax(_ axis: Int = -1) throws -> Tensor {
    let axes = [try self.axis(axis, "log_softmax")]
    let shifted = try self - maximum(axes, keepingAxes: true).stopGradient()
    return try shifted - shifted.exp().sum(axes, keepingAxes: true).log()
  }

  /// log of the sum of e to the x over 0-based axes, all when nil; -inf, with derivative 0,
  /// where all elements are -inf.
  public func logSumExp(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let axes = try resolve(axes, "logsumexp")
    let largest = try maximum(axes, keepingAxes: true).stopGradient()
    let shift = try largest.isFinite().where(largest, else: largest.like(0))
    let total = try (self - shift).exp().sum(axes, keepingAxes: true)
    let isEmpty = try total.eq(0)
    let log = try isEmpty.where(total.like(1), else: total).log() + shift
    let result = try isEmpty.where(total.like(-.infinity), else: log)
    return keepingAxes ? result : try result.reshape(to: shape.removing(axes))
  }
}
