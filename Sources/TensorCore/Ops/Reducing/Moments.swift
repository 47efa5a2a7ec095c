/// Means, variances and norms over axes.
enum Moments {
  static let operations: [Operation] = [mean, variance, deviation, norm, nansum, nanmean]

  private static let axes = Parameter("axes", .axes, optional: true)
  private static let keep = Parameter("keepdim", .flag, optional: true)
  private static let correction = Parameter("correction", .number, optional: true)

  private static let mean = Operation(
    "mean", "The mean over axes, all by default.", [.tensor("x"), axes, keep], domain: .none,
    body: .composite { [try $0.tensor(0).mean($0.integers(1), keepingAxes: $0.flag(2))] })

  private static let variance = Operation(
    "var", "The variance over axes, the divisor being the number less correction, 1.",
    [.tensor("x"), axes, correction, keep], domain: .none,
    body: .composite { arguments in
      let correction = try arguments.number(2, default: 1)
      return [
        try arguments.tensor(0).variance(
          arguments.integers(1), correction: correction, keepingAxes: arguments.flag(3))
      ]
    })

  private static let deviation = Operation(
    "std", "The square root of var; its derivative is 0 where it is 0.",
    [.tensor("x"), axes, correction, keep], domain: .none,
    body: .composite { arguments in
      let correction = try arguments.number(2, default: 1)
      return [
        try arguments.tensor(0).standardDeviation(
          arguments.integers(1), correction: correction, keepingAxes: arguments.flag(3))
      ]
    })

  private static let norm = Operation(
    "norm", "The p-norm over axes, all by default; p is 2, and may be 0, inf or -inf.",
    [.tensor("x"), Parameter("p", .number, optional: true), axes, keep], domain: .none,
    body: .composite { arguments in
      let power = try arguments.number(1, default: 2)
      return [
        try arguments.tensor(0).norm(
          power, arguments.integers(2), keepingAxes: arguments.flag(3))
      ]
    })

  private static let nansum = Operation(
    "nansum", "The sum over axes, NaN counting as 0.", [.tensor("x"), axes, keep],
    domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let known = try x.isNaN().where(x.like(0), else: x)
      return [try known.sum(arguments.integers(1), keepingAxes: arguments.flag(2))]
    })

  private static let nanmean = Operation(
    "nanmean", "The mean over axes of what is not NaN.", [.tensor("x"), axes, keep],
    domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let isMissing = try x.isNaN()
      let (axes, keep) = try (arguments.integers(1), arguments.flag(2))
      let known = try isMissing.where(x.like(0), else: x).sum(axes, keepingAxes: keep)
      let number = try isMissing.not().cast(to: x.dtype).sum(axes, keepingAxes: keep)
      return [try known / number]
    })
}

extension Tensor {
  /// The variance over 0-based axes, all when nil; the divisor is the number of elements less
  /// `correction`.
  public func variance(
    _ axes: [Int]? = nil, correction: Double = 1, keepingAxes: Bool = false
  ) throws -> Tensor {
    let axes = try resolve(axes, "var")
    let number = axes.reduce(1) { $0 * shape[$1] }
    let centred = try self - mean(axes, keepingAxes: true)
    let total = try centred.square().sum(axes, keepingAxes: keepingAxes)
    return try total / max(0, Double(number) - correction)
  }

  /// The square root of the variance, with derivative 0 where it is 0.
  public func standardDeviation(
    _ axes: [Int]? = nil, correction: Double = 1, keepingAxes: Bool = false
  ) throws -> Tensor {
    try variance(axes, correction: correction, keepingAxes: keepingAxes).flatSqrt()
  }

  /// The p-norm over 0-based axes, all when nil; the derivative at 0 is 0.
  public func norm(
    _ p: Double = 2, _ axes: [Int]? = nil, keepingAxes: Bool = false
  ) throws -> Tensor {
    guard dtype.isFloating else {
      throw TensorError("norm", "expected floating-point numbers, got \(dtype.name) \(shape)")
    }
    switch p {
    case 2: return try square().sum(axes, keepingAxes: keepingAxes).flatSqrt()
    case 1: return try abs().sum(axes, keepingAxes: keepingAxes)
    case 0: return try ne(0).cast(to: dtype).sum(axes, keepingAxes: keepingAxes)
    case .infinity: return try abs().maximum(axes, keepingAxes: keepingAxes)
    case -.infinity: return try abs().minimum(axes, keepingAxes: keepingAxes)
    default:
      let total = try abs().pow(p).sum(axes, keepingAxes: keepingAxes)
      let isZero = try total.eq(0)
      let root = try isZero.where(total.like(1), else: total).pow(1 / p)
      return try isZero.where(root.like(0), else: root)
    }
  }

  /// The square root with derivative 0 at 0.
  func flatSqrt() throws -> Tensor {
    let isZero = try eq(0)
    return try isZero.where(like(0), else: isZero.where(like(1), else: self).sqrt())
  }
}
