import CKernels

/// Sums, products and what is made of them, elementwise.
enum Arithmetic {
  static let operations: [Operation] = [
    add, sub, mul, div, neg, abs, sign, square, reciprocal, remainder, fmod, floorDivide,
  ]

  private static let add = Operation.binary(
    "add", "x + y.", PK_ADD, result: .sameNumeric, latex: "#1 + #2", torch: "#1 + #2",
    jax: "#1 + #2"
  ) { [$0.upstream, $0.upstream] }

  private static let sub = Operation.binary(
    "sub", "x - y.", PK_SUB, result: .sameNumeric, latex: "#1 - #2", torch: "#1 - #2",
    jax: "#1 - #2"
  ) { [$0.upstream, try -$0.upstream] }

  private static let mul = Operation.binary(
    "mul", "x y.", PK_MUL, result: .sameNumeric, latex: "#1 \\cdot #2", torch: "#1 * #2",
    jax: "#1 * #2"
  ) { [try $0.upstream * $0.y, try $0.upstream * $0.x] }

  private static let div = Operation.binary(
    "div", "x / y, of floating-point numbers; floor_divide divides integers.", PK_DIV,
    domain: .positive, latex: "\\frac{#1}{#2}", torch: "#1 / #2", jax: "#1 / #2"
  ) { chain in
    let g = try chain.upstream / chain.y
    return [g, try -(g * chain.output)]
  }

  private static let neg = Operation.unary(
    "neg", "-x.", PK_NEG, result: .sameNumeric, latex: "-#1", torch: "-#1", jax: "-#1"
  ) { try -$0.upstream }

  private static let abs = Operation.unary(
    "abs", "|x|; the derivative at 0 is 0.", PK_ABS, domain: .positive, result: .sameNumeric,
    latex: "\\left|#1\\right|"
  ) { try $0.upstream * $0.x.sign() }

  private static let sign = Operation.unary(
    "sign", "-1, 0 or 1, as x is below, at or above 0; the derivative is 0.", PK_SIGN,
    domain: .positive, result: .sameNumeric)

  private static let square = Operation.program(
    "square", "x squared.", ulp: 0.5, result: .sameNumeric, latex: "#1^{2}",
    derivative: { [try $0.upstream * 2 * $0.x] }
  ) { $0.map(PK_MUL, $1[0], $1[0]) }

  private static let reciprocal = Operation.unary(
    "reciprocal", "1 / x.", PK_RECIPROCAL, domain: .positive, latex: "\\frac{1}{#1}"
  ) { try -($0.upstream * $0.output * $0.output) }

  private static let remainder = Operation.binary(
    "remainder", "What floor division leaves of x by y; it has the sign of y.", PK_MOD,
    domain: .none, result: .sameNumeric, latex: "#1 \\bmod #2"
  ) { [$0.upstream, try -($0.upstream * ($0.x / $0.y).floor())] }

  private static let fmod = Operation.binary(
    "fmod", "What division rounded towards 0 leaves of x by y; it has the sign of x.", PK_FMOD,
    domain: .none
  ) { [$0.upstream, try -($0.upstream * ($0.x / $0.y).truncated())] }

  private static let floorDivide = Operation.program(
    "floor_divide", "x / y rounded down; int64 x by 0 gives 0. The derivative is 0.", ["x", "y"],
    domain: .none, ulp: 0.5, result: .sameNumeric,
    latex: "\\left\\lfloor \\frac{#1}{#2} \\right\\rfloor",
    torch: "torch.floor_divide(#1.detach(), #2.detach())"
  ) { program, operands in
    let (x, y) = (operands[0], operands[1])
    let quotient = program.map(PK_DIV, x, y)
    if x.dtype == .int64 { return quotient }
    // Subtracting the remainder first makes the division exact up to rounding.
    let rest = program.map(PK_MOD, x, y)
    let whole = program.map(PK_DIV, program.map(PK_SUB, x, rest), y)
    let isZero = program.test(PK_EQ, y, program.constant(0, y.dtype))
    return program.select(isZero, quotient, program.map(PK_ROUND, whole))
  }
}
