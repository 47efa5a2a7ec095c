import CKernels

/// Rounding to whole numbers; the derivatives are 0 everywhere, as in PyTorch.
enum Rounding {
  static let operations: [Operation] = [floor, ceil, round, trunc]

  private static let steps = Domain.interval(0.1, 0.4)

  private static let floor = Operation.unary(
    "floor", "The largest whole number not above x; the derivative is 0.", PK_FLOOR,
    domain: steps, latex: "\\lfloor #1 \\rfloor")

  private static let ceil = Operation.unary(
    "ceil", "The smallest whole number not below x; the derivative is 0.", PK_CEIL,
    domain: steps, latex: "\\lceil #1 \\rceil")

  private static let round = Operation.unary(
    "round", "The nearest whole number, half to even; the derivative is 0.", PK_ROUND,
    domain: steps)

  private static let trunc = Operation.unary(
    "trunc", "x without its fraction; the derivative is 0.", PK_TRUNC, domain: steps)
}
