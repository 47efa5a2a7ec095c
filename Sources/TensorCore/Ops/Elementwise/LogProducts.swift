import CKernels
import Foundation

/// Products with logarithms, odds, and functions made of special ones, elementwise.
enum LogProducts {
  static let operations: [Operation] = [
    xlogy, xlog1py, xlogx, entr, logit, log1mexp, ndtr, logNdtr, i0, i1,
  ]

  private static let xlogy = Operation.program(
    "xlogy", "x log(y), 0 where x is 0 and y is not NaN.", ["x", "y"], domain: .positive,
    ulp: 1, latex: "#1 \\log #2", torch: "torch.special.xlogy(#1, #2)",
    jax: "jax.scipy.special.xlogy(#1, #2)",
    derivative: { chain in
      let (x, y, g) = (chain.x, chain.y, chain.upstream)
      let isFlat = try x.eq(0).and(y.le(0))
      return [try isFlat.where(g.like(0), else: g * y.log()), try g * x / y]
    }
  ) { program, operands in
    program.wide(operands) { program, wide in
      let product = program.map(PK_MUL, wide[0], program.map(PK_LOG, wide[1]))
      return program.vanishing(product, where: wide[0], unless: wide[1])
    }
  }

  private static let xlog1py = Operation.program(
    "xlog1py", "x log(1 + y), 0 where x is 0 and y is not NaN.", ["x", "y"],
    domain: .positive, ulp: 1, latex: "#1 \\log(1 + #2)",
    torch: "torch.special.xlog1py(#1, #2)", jax: "jax.scipy.special.xlog1py(#1, #2)",
    derivative: { chain in
      let (x, y, g) = (chain.x, chain.y, chain.upstream)
      let isFlat = try x.eq(0).and(y.le(-1))
      let slope = try isFlat.where(g.like(0), else: g * y.log1p())
      return [slope, try g * x / (y + 1)]
    }
  ) { program, operands in
    program.wide(operands) { program, wide in
      let product = program.map(PK_MUL, wide[0], program.map(PK_LOG1P, wide[1]))
      return program.vanishing(product, where: wide[0], unless: wide[1])
    }
  }

  private static let xlogx = Operation.program(
    "xlogx", "x log(x), 0 at 0, NaN below.", domain: .positive, ulp: 1,
    latex: "#1 \\log #1", torch: "torch.special.xlogy(#1, #1)",
    jax: "jax.scipy.special.xlogy(#1, #1)",
    derivative: { [try $0.upstream * ($0.x.log() + 1)] }
  ) { program, operands in
    program.wide(operands) { program, wide in
      let product = program.map(PK_MUL, wide[0], program.map(PK_LOG, wide[0]))
      return program.vanishing(product, where: wide[0], unless: wide[0])
    }
  }

  private static let entr = Operation.composed(
    "entr", "-x log(x), 0 at 0, -inf below.", domain: .positive, ulp: 1,
    latex: "-#1 \\log #1", torch: "torch.special.entr(#1)", jax: "jax.scipy.special.entr(#1)"
  ) { arguments in
    let x = try arguments.tensor(0)
    let known = try x.lt(0).where(x.like(1), else: x)
    return try x.lt(0).where(x.like(-.infinity), else: -known.apply("xlogx"))
  }

  private static let logit = Operation.program(
    "logit", "log(x / (1 - x)), the inverse of sigmoid; NaN outside 0 ... 1.",
    domain: .interval(0.05, 0.95), ulp: 1, latex: "\\log \\frac{#1}{1 - #1}",
    jax: "jax.scipy.special.logit(#1)",
    derivative: { [try $0.upstream / ($0.x * (1 - $0.x))] }
  ) { program, operands in
    program.wide(operands) { program, wide in
      let rest = program.map(PK_SUB, program.constant(1, .float64), wide[0])
      return program.map(PK_LOG, program.map(PK_DIV, wide[0], rest))
    }
  }

  private static let log1mexp = Operation.program(
    "log1mexp", "log(1 - e to the x) for x < 0, -inf at 0, NaN above.",
    domain: .interval(-5, -0.05), ulp: 1, latex: "\\log(1 - e^{#1})",
    torch: "torch.log(-torch.expm1(#1))", jax: "jnp.log(-jnp.expm1(#1))",
    derivative: { [try -($0.upstream / (-$0.x).expm1())] }
  ) { program, operands in
    program.wide(operands) { program, wide in
      // Each form loses digits where the other does not; they meet at -log 2.
      let near = program.map(
        PK_LOG, program.map(PK_NEG, program.map(PK_EXPM1, wide[0])))
      let far = program.map(PK_LOG1P, program.map(PK_NEG, program.map(PK_EXP, wide[0])))
      let half = program.constant(-Foundation.log(2.0), .float64)
      return program.select(program.test(PK_LT, wide[0], half), far, near)
    }
  }

  private static let ndtr = Operation.program(
    "ndtr", "The standard normal distribution function.", ulp: 1, latex: "\\Phi(#1)",
    torch: "torch.special.ndtr(#1)", jax: "jax.scipy.special.ndtr(#1)",
    derivative: { chain in
      let density = try (chain.x.square() * -0.5).exp() * (1 / (2 * Double.pi).squareRoot())
      return [try chain.upstream * density]
    }
  ) { program, operands in
    program.wide(operands) { program, wide in
      let factor = program.constant(-(0.5.squareRoot()), .float64)
      let tail = program.map(PK_ERFC, program.map(PK_MUL, wide[0], factor))
      return program.map(PK_MUL, tail, program.constant(0.5, .float64))
    }
  }

  private static let logNdtr = Operation.program(
    "log_ndtr", "log of the standard normal distribution function, finite far to the left.",
    ulp: 1, latex: "\\log \\Phi(#1)", torch: "torch.special.log_ndtr(#1)",
    jax: "jax.scipy.special.log_ndtr(#1)",
    derivative: { chain in
      let exponent = try chain.x.square() * -0.5 - chain.output
      return [try chain.upstream * exponent.exp() * (1 / (2 * Double.pi).squareRoot())]
    }
  ) { program, operands in
    program.wide(operands) { $0.logNormalDistribution($1[0]) }
  }

  private static let i0 = Operation.composed(
    "i0", "The modified Bessel function of order 0.", ulp: 3, latex: "I_0(#1)",
    jax: "jax.scipy.special.i0(#1)"
  ) { arguments in
    let x = try arguments.tensor(0)
    return try x.abs().exp() * x.besselI0e()
  }

  private static let i1 = Operation.composed(
    "i1", "The modified Bessel function of order 1.", domain: .positive, ulp: 3,
    latex: "I_1(#1)", torch: "torch.special.i1(#1)", jax: "jax.scipy.special.i1(#1)"
  ) { arguments in
    let x = try arguments.tensor(0)
    return try x.abs().exp() * x.besselI1e()
  }
}

extension Instructions {
  /// `product`, but 0 where `factor` is 0, unless `other` is NaN.
  fileprivate mutating func vanishing(
    _ product: Value, where factor: Value, unless other: Value
  ) -> Value {
    let zero = constant(0, .float64)
    let isZero = test(PK_EQ, factor, zero)
    let isKnown = test(PK_NOT, test(PK_ISNAN, other))
    return select(test(PK_AND, isZero, isKnown), zero, product)
  }

  /// log of the normal distribution function: from erfc above -30, from its asymptotic series
  /// below, whose next term is 2e-12 there.
  fileprivate mutating func logNormalDistribution(_ x: Value) -> Value {
    func number(_ value: Double) -> Value { constant(value, .float64) }
    let scaled = map(PK_MUL, x, number(-(0.5.squareRoot())))
    let tail = map(PK_MUL, map(PK_ERFC, scaled), number(0.5))
    let opposite = map(PK_MUL, map(PK_ERFC, map(PK_NEG, scaled)), number(0.5))
    let right = map(PK_LOG1P, map(PK_NEG, opposite))
    let middle = select(test(PK_LT, x, number(0)), map(PK_LOG, tail), right)
    let inverse = map(PK_DIV, number(1), map(PK_MUL, x, x))
    var series = number(105)
    for coefficient in [-15.0, 3, -1] {
      series = map(PK_ADD, map(PK_MUL, series, inverse), number(coefficient))
    }
    let correction = map(PK_LOG1P, map(PK_MUL, series, inverse))
    let half = map(PK_MUL, map(PK_MUL, x, x), number(-0.5))
    let size = map(PK_LOG, map(PK_MUL, map(PK_NEG, x), number((2 * Double.pi).squareRoot())))
    let far = map(PK_ADD, map(PK_SUB, half, size), correction)
    return select(test(PK_LT, x, number(-30)), far, middle)
  }
}
