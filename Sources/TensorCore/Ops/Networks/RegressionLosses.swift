/// Losses between numbers and targets. Elementwise unless a reduction is asked for.
enum RegressionLosses {
  static let operations: [Operation] = [
    mse, l1, smoothL1, huber, binary, binaryLogits, poisson, gaussian,
  ]

  static let reduction = Parameter("reduction", .text, optional: true)

  private static let mse = pair("mse_loss", "(x - y) squared") { try ($0 - $1).square() }
  private static let l1 = pair("l1_loss", "|x - y|") { try ($0 - $1).abs() }

  private static func pair(
    _ name: String, _ formula: String, _ body: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
  ) -> Operation {
    Operation(
      name, "\(formula), elementwise; reduction may be \"mean\" or \"sum\".",
      [.tensor("x"), .tensor("y"), reduction], domain: .none,
      spelling: Spelling(torch: "torch.nn.functional.\(name)(#1, #2, reduction='none')"),
      body: .composite { arguments in
        let loss = try body(arguments.tensor(0), arguments.tensor(1))
        return [try arguments.reduce(loss, 2)]
      })
  }

  private static let smoothL1 = Operation(
    "smooth_l1_loss", "d d / (2 beta) where d = |x - y| < beta, else d - beta / 2; beta is 1.",
    [.tensor("x"), .tensor("y"), Parameter("beta", .tensor, optional: true), reduction],
    domain: .none,
    body: .composite { arguments in
      let gap = try (arguments.tensor(0) - arguments.tensor(1)).abs()
      let beta = try arguments.scalar(2, default: 1)
      if beta.constant == 0 { return [try arguments.reduce(gap, 3)] }
      let curve = try gap.square() * 0.5 / beta
      return [try arguments.reduce(gap.lt(beta).where(curve, else: gap - beta * 0.5), 3)]
    })

  private static let huber = Operation(
    "huber_loss", "d d / 2 where d = |x - y| <= delta, else delta (d - delta / 2); delta is 1.",
    [.tensor("x"), .tensor("y"), Parameter("delta", .tensor, optional: true), reduction],
    domain: .none,
    body: .composite { arguments in
      let gap = try (arguments.tensor(0) - arguments.tensor(1)).abs()
      let delta = try arguments.scalar(2, default: 1)
      let line = try (gap - delta * 0.5) * delta
      let loss = try gap.le(delta).where(gap.square() * 0.5, else: line)
      return [try arguments.reduce(loss, 3)]
    })

  private static let weight = Parameter("weight", .tensor, optional: true)

  private static let binary = Operation(
    "binary_cross_entropy",
    "-y log x - (1 - y) log(1 - x) for probabilities x; logarithms count as -100 at least.",
    [.tensor("x"), .tensor("y"), weight, reduction], domain: .none,
    body: .composite { arguments in
      let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
      // e to the -100, below which logarithms are cut off.
      let floor = 3.720075976020836e-44
      let yes = try x.clamp(minimum: floor).log()
      let no = try (1 - x).clamp(minimum: floor).log()
      let loss = try -(y * yes + (1 - y) * no)
      return [try arguments.reduce(arguments.weighted(loss, 2), 3)]
    })

  private static let binaryLogits = Operation(
    "binary_cross_entropy_with_logits",
    "-p y log sigmoid(x) - (1 - y) log sigmoid(-x), p being pos_weight.",
    [
      .tensor("x"), .tensor("y"), weight, Parameter("pos_weight", .tensor, optional: true),
      reduction,
    ], domain: .none,
    body: .composite { arguments in
      let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
      var yes = try y * x.logSigmoid()
      if let weight = try arguments.optionalTensor(3) { yes = try yes * weight }
      let loss = try -(yes + (1 - y) * (-x).logSigmoid())
      return [try arguments.reduce(arguments.weighted(loss, 2), 4)]
    })

  private static let poisson = Operation(
    "poisson_nll_loss", "e to the x - y x for log rates x; x - y log(x + eps) for rates.",
    [
      .tensor("x"), .tensor("y"), Parameter("log_input", .flag, optional: true),
      Parameter("full", .flag, optional: true), Parameter("eps", .number, optional: true),
      reduction,
    ], domain: .none,
    body: .composite { arguments in
      let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
      let isLog = try arguments.flag(2, default: true)
      let eps = try arguments.number(4, default: 1e-8)
      var loss = isLog ? try x.exp() - y * x : try x - y * (x + eps).log()
      if try arguments.flag(3) {
        let stirling = try y * y.log() - y + (y * (2 * Double.pi)).log() * 0.5
        loss = try loss + y.gt(1).where(stirling, else: y.like(0))
      }
      return [try arguments.reduce(loss, 5)]
    })

  private static let gaussian = Operation(
    "gaussian_nll_loss",
    "(log v + (x - y) squared / v) / 2, the variance v being eps, 1e-6, "
      + "at least.",
    [
      .tensor("x"), .tensor("y"), .tensor("variance"), Parameter("full", .flag, optional: true),
      Parameter("eps", .number, optional: true), reduction,
    ], domain: .none,
    body: .composite { arguments in
      let gap = try arguments.tensor(0) - arguments.tensor(1)
      let given = try arguments.tensor(2)
      let eps = try arguments.number(4, default: 1e-6)
      // The bound holds the value only; the derivative passes, as in PyTorch.
      let variance = try given + (given.clamp(minimum: eps) - given).stopGradient()
      var loss = try (variance.log() + gap.square() / variance) * 0.5
      if try arguments.flag(3) { loss = try loss + 0.9189385332046727 }
      return [try arguments.reduce(loss, 5)]
    })
}

extension Arguments {
  /// The loss as its reduction, the text at `index`, wants it: "none", "mean" or "sum".
  func reduce(_ loss: Tensor, _ index: Int) throws -> Tensor {
    switch try text(index, default: "none") {
    case "none": return loss
    case "mean": return try loss.mean()
    case "sum": return try loss.sum()
    case let other:
      throw TensorError(
        operation, "reduction must be \"none\", \"mean\" or \"sum\", got \"\(other)\"")
    }
  }

  /// The loss times the optional weight at `index`.
  func weighted(_ loss: Tensor, _ index: Int) throws -> Tensor {
    guard let weight = try optionalTensor(index) else { return loss }
    return try loss * weight
  }
}
