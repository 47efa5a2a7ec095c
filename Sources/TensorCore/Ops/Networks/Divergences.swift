/// Entropies and divergences of distributions given by log-probabilities along an axis, the
/// last by default. What has probability 0, log-probability -inf, contributes nothing.
enum Divergences {
  static let operations: [Operation] = [kl, js, totalVariation, entropy, klDiv]

  private static let axis = Parameter("axis", .axis, optional: true)

  private static func pair(
    _ name: String, _ summary: String, latex: String,
    _ body: @escaping @Sendable (Tensor, Tensor, Int) throws -> Tensor
  ) -> Operation {
    Operation(
      name, summary, [.tensor("log_p"), .tensor("log_q"), axis], domain: .none,
      spelling: Spelling(latex: latex),
      body: .composite {
        [try body($0.tensor(0), $0.tensor(1), $0.integer(2, default: -1))]
      })
  }

  private static let kl = pair(
    "kl_divergence", "KL(p||q), the sum of p (log p - log q), from log-probabilities.",
    latex: "\\operatorname{KL}(#1 \\| #2)"
  ) { try $0.klDivergence($1, $2) }

  private static let js = pair(
    "js_divergence", "The mean of KL(p||m) and KL(q||m), m being the even mixture.",
    latex: "\\operatorname{JS}(#1 \\| #2)"
  ) { p, q, axis in
    let mixture = try p.logAddExp(q) - 0.6931471805599453
    return try (p.klDivergence(mixture, axis) + q.klDivergence(mixture, axis)) * 0.5
  }

  private static let totalVariation = pair(
    "total_variation", "Half the sum of |p - q|, from log-probabilities.",
    latex: "\\operatorname{TV}(#1, #2)"
  ) { p, q, axis in try (p.exp() - q.exp()).abs().sum([axis]) * 0.5 }

  private static let entropy = Operation(
    "entropy", "-the sum of p log p, from log-probabilities.", [.tensor("log_p"), axis],
    domain: .none, spelling: Spelling(latex: "H(#1)"),
    body: .composite { [try $0.tensor(0).entropy($0.integer(1, default: -1))] })

  private static let klDiv = Operation(
    "kl_div",
    "y (log y - x) elementwise for log-probabilities x and probabilities y, or "
      + "log-probabilities with log_target; reduction \"batchmean\", \"mean\" or \"sum\".",
    [
      .tensor("x"), .tensor("y"), Parameter("log_target", .flag, optional: true),
      RegressionLosses.reduction,
    ], domain: .none,
    spelling: Spelling(torch: "torch.nn.functional.kl_div(#1, #2, reduction='none')"),
    body: .composite { arguments in
      let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
      let isLog = try arguments.flag(2)
      let loss = isLog ? try y.exp() * (y - x) : try y.apply("xlogx") - y * x
      guard try arguments.text(3, default: "none") == "batchmean" else {
        return [try arguments.reduce(loss, 3)]
      }
      return [try loss.sum() / Double(loss.shape.dims.first ?? 1)]
    })
}

extension Tensor {
  /// KL(p||q) along a 0-based axis, this tensor being log p.
  public func klDivergence(_ logQ: Tensor, _ axis: Int = -1) throws -> Tensor {
    let gap = try gt(-.infinity).where(self - logQ, else: like(0))
    let terms = try exp() * gap
    return try terms.sum([terms.axis(axis, "kl_divergence")])
  }

  /// The entropy along a 0-based axis, this tensor being log-probabilities.
  public func entropy(_ axis: Int = -1) throws -> Tensor {
    let known = try gt(-.infinity).where(self, else: like(0))
    return try -(exp() * known).sum([self.axis(axis, "entropy")])
  }
}
