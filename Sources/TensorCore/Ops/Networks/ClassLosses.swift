/// Losses of class probabilities. Classes lie along the last axis; labels count from 1.
enum ClassLosses {
  static let operations: [Operation] = [crossEntropy, nll, tokenLogProbs]

  private static let target = Parameter.tensor("target")
  private static let weight = Parameter("weight", .tensor, optional: true)
  private static let ignored = Parameter("ignore_index", .integer, optional: true)

  private static let crossEntropy = Operation(
    "cross_entropy",
    "-log softmax(x) at the label, per example, or against probabilities of x's shape; with "
      + "class weights, an ignored label (-100), label smoothing, reduction \"mean\" or \"sum\".",
    [
      .tensor("x"), target, weight, ignored, Parameter("label_smoothing", .tensor, optional: true),
      RegressionLosses.reduction,
    ], domain: .none,
    spelling: Spelling(torch: "torch.nn.functional.cross_entropy(#1, #2, reduction='none')"),
    body: .composite { arguments in
      let logProbs = try arguments.tensor(0).logSoftmax()
      let smoothing = try arguments.scalar(4, default: 0)
      if try arguments.tensor(1).dtype.isFloating {
        return [try soft(arguments, logProbs, smoothing)]
      }
      return [try hard(arguments, logProbs, smoothing, reduction: 5)]
    })

  private static let nll = Operation(
    "nll_loss", "-x at the label, x being log-probabilities; otherwise as cross_entropy.",
    [.tensor("x"), target, weight, ignored, RegressionLosses.reduction], domain: .none,
    spelling: Spelling(torch: "torch.nn.functional.nll_loss(#1, #2, reduction='none')"),
    body: .composite { [try hard($0, $0.tensor(0), $0.graph.weak(0), reduction: 4)] })

  private static let tokenLogProbs = Operation(
    "token_log_probs", "log softmax(x) at the label along the last axis.",
    [.tensor("logits"), target], domain: .none,
    body: .composite { [try $0.tensor(0).tokenLogProbs($0.indices(1))] })

  private static func hard(
    _ arguments: Arguments, _ logProbs: Tensor, _ smoothing: Tensor, reduction: Int
  ) throws -> Tensor {
    let labels = try arguments.tensor(1)
    guard logProbs.rank > 0, labels.dtype == .int64,
      labels.shape.dims == Array(logProbs.shape.dims.dropLast())
    else {
      throw TensorError(
        arguments.operation,
        "target \(labels.dtype.name) \(labels.shape) must hold one int64 "
          + "label for each row of \(logProbs.shape)")
    }
    let isIgnored = try labels.eq(Double(arguments.integer(3, default: -100)))
    let index = try isIgnored.where(labels.like(0), else: labels - 1)
    var scale = try isIgnored.not().cast(to: logProbs.dtype)
    if let weight = try arguments.optionalTensor(2) { scale = try scale * weight.gatherRows(index) }
    var loss = try -(logProbs.picked(index) * scale)
    if smoothing.constant != 0 {
      let spread = try arguments.weighted(logProbs, 2).sum([logProbs.rank - 1])
      let rest = try isIgnored.where(spread.like(0), else: -spread)
      loss = try loss * (1 - smoothing) + rest * smoothing / Double(logProbs.classes)
    }
    guard try arguments.text(reduction, default: "none") == "mean" else {
      return try arguments.reduce(loss, reduction)
    }
    return try loss.sum() / scale.sum()
  }

  private static func soft(
    _ arguments: Arguments, _ logProbs: Tensor, _ smoothing: Tensor
  ) throws -> Tensor {
    var target = try arguments.tensor(1)
    guard target.shape == logProbs.shape else {
      throw TensorError(
        "cross_entropy", "probabilities \(target.shape) must have the shape \(logProbs.shape)")
    }
    if smoothing.constant != 0 {
      target = try target * (1 - smoothing) + smoothing / Double(logProbs.classes)
    }
    let loss = try -arguments.weighted(target * logProbs, 2).sum([logProbs.rank - 1])
    return try arguments.reduce(loss, 5)
  }
}

extension Tensor {
  /// The extent of the last axis.
  fileprivate var classes: Int { shape[rank - 1] }

  /// The element of each row that a 0-based label names.
  fileprivate func picked(_ labels: Tensor) throws -> Tensor {
    try gatherAlong(labels.unsqueeze(-1)).reshape(to: labels.shape)
  }

  /// log softmax at 0-based labels along the last axis: the label's score less the log of the
  /// sum, so that no table of log-probabilities is made.
  public func tokenLogProbs(_ labels: Tensor) throws -> Tensor {
    guard rank > 0, labels.shape.dims == Array(shape.dims.dropLast()) else {
      throw TensorError(
        "token_log_probs", "labels \(labels.shape) must name one class in each row of \(shape)")
    }
    return try picked(labels) - logSumExp([rank - 1])
  }

  /// -log softmax at 0-based labels along the last axis, per example.
  public func crossEntropy(_ labels: Tensor) throws -> Tensor { try -tokenLogProbs(labels) }
}
