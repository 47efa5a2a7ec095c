/// Mixtures and repairs of several operands, elementwise.
enum Blends {
  static let operations: [Operation] = [
    lerp, addcmul, addcdiv, frac, fmax, fmin, copysign, heaviside, nanToNum, isclose,
  ]

  private static let value = Parameter("value", .tensor, optional: true)

  private static let lerp = Operation.composed(
    "lerp", "x + weight (y - x).", [.tensor("x"), .tensor("y"), .tensor("weight")],
    domain: .interval(0, 1), ulp: 4, latex: "#1 + #3 (#2 - #1)", jax: "#1 + #3 * (#2 - #1)"
  ) { arguments in
    let (x, y, weight) = try (arguments.tensor(0), arguments.tensor(1), arguments.tensor(2))
    let gap = try y - x
    // From the nearer end, so that little is lost to cancellation.
    return try weight.lt(0.5).where(x + weight * gap, else: y - (1 - weight) * gap)
  }

  private static let addcmul = Operation.composed(
    "addcmul", "x + value y z; value is 1.",
    [.tensor("x"), .tensor("y"), .tensor("z"), value], domain: .positive, ulp: 2,
    latex: "#1 + #2 #3", jax: "#1 + #2 * #3"
  ) { arguments in
    let product = try arguments.tensor(1) * arguments.tensor(2)
    return try arguments.tensor(0) + product * arguments.scalar(3, default: 1)
  }

  private static let addcdiv = Operation.composed(
    "addcdiv", "x + value y / z; value is 1.",
    [.tensor("x"), .tensor("y"), .tensor("z"), value], domain: .positive, ulp: 2,
    latex: "#1 + #2 / #3", jax: "#1 + #2 / #3"
  ) { arguments in
    let quotient = try arguments.tensor(1) / arguments.tensor(2)
    return try arguments.tensor(0) + quotient * arguments.scalar(3, default: 1)
  }

  private static let frac = Operation.composed(
    "frac", "x less its whole part; it has the sign of x.", domain: .interval(0.1, 0.9),
    ulp: 0.5, jax: "#1 - jnp.trunc(#1)"
  ) { arguments in
    let x = try arguments.tensor(0)
    return try x - x.truncated()
  }

  private static let fmax = Operation.composed(
    "fmax", "The larger of x and y, the other one where one is NaN.",
    [.tensor("x"), .tensor("y")], ulp: 0
  ) { arguments in
    let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
    return try x.isNaN().where(y, else: y.isNaN().where(x, else: x.maximum(y)))
  }

  private static let fmin = Operation.composed(
    "fmin", "The smaller of x and y, the other one where one is NaN.",
    [.tensor("x"), .tensor("y")], ulp: 0
  ) { arguments in
    let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
    return try x.isNaN().where(y, else: y.isNaN().where(x, else: x.minimum(y)))
  }

  private static let copysign = Operation.composed(
    "copysign", "|x| with the sign of y; y = 0 counts as positive.",
    [.tensor("x"), .tensor("y")], domain: .positive, ulp: 0
  ) { arguments in
    let size = try arguments.tensor(0).abs()
    return try arguments.tensor(1).lt(0).where(-size, else: size)
  }

  private static let heaviside = Operation.composed(
    "heaviside", "0 below 0, 1 above, y at 0.", [.tensor("x"), .tensor("y")], domain: .none,
    ulp: 0
  ) { arguments in
    let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
    let step = try x.gt(0).where(x.like(1), else: x.like(0))
    return try x.eq(0).where(y, else: step)
  }

  private static let nanToNum = Operation.composed(
    "nan_to_num", "x, but these values for NaN, inf and -inf: 0 and the largest numbers.",
    [
      .tensor("x"), Parameter("nan", .number, optional: true),
      Parameter("inf", .number, optional: true), Parameter("minus_inf", .number, optional: true),
    ], domain: .real, ulp: 0
  ) { arguments in
    let x = try arguments.tensor(0)
    let largest =
      x.dtype == .float32
      ? Double(Float.greatestFiniteMagnitude) : Double.greatestFiniteMagnitude
    let above = try x.like(arguments.number(2, default: largest))
    let below = try x.like(arguments.number(3, default: -largest))
    let known = try x.isNaN().where(x.like(arguments.number(1, default: 0)), else: x)
    let capped = try x.eq(.infinity).where(above, else: known)
    return try x.eq(-.infinity).where(below, else: capped)
  }

  private static let isclose = Operation.composed(
    "isclose", "Whether |x - y| <= atol + rtol |y|; 1e-8 and 1e-5.",
    [
      .tensor("x"), .tensor("y"), Parameter("rtol", .number, optional: true),
      Parameter("atol", .number, optional: true),
    ], domain: .none
  ) { arguments in
    let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
    let slack = try y.abs() * arguments.number(2, default: 1e-5)
    let near = try (x - y).abs().le(slack + arguments.number(3, default: 1e-8))
    return try near.and(y.isFinite()).or(x.eq(y))
  }
}
