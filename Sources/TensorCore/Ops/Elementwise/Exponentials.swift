import CKernels
import Foundation

/// Exponentials, logarithms and the logistic family, elementwise.
enum Exponentials {
  static let operations: [Operation] = [
    exp, exp2, expm1, log, log2, log10, log1p, sigmoid, softplus, logSigmoid, logaddexp,
  ]

  private static let exp = Operation.unary(
    "exp", "e to the x.", PK_EXP, latex: "e^{#1}"
  ) { try $0.upstream * $0.output }

  private static let exp2 = Operation.unary(
    "exp2", "2 to the x.", PK_EXP2, latex: "2^{#1}"
  ) { try $0.upstream * $0.output * Foundation.log(2.0) }

  private static let expm1 = Operation.unary(
    "expm1", "e to the x, minus 1, precise near 0.", PK_EXPM1, latex: "e^{#1} - 1"
  ) { try $0.upstream * ($0.output + 1) }

  private static let log = Operation.unary(
    "log", "The natural logarithm; -inf at 0, NaN below.", PK_LOG, domain: .positive,
    latex: "\\log #1"
  ) { try $0.upstream / $0.x }

  private static let log2 = Operation.unary(
    "log2", "The logarithm to base 2.", PK_LOG2, domain: .positive, latex: "\\log_2 #1"
  ) { try $0.upstream / ($0.x * Foundation.log(2.0)) }

  private static let log10 = Operation.unary(
    "log10", "The logarithm to base 10.", PK_LOG10, domain: .positive, latex: "\\log_{10} #1"
  ) { try $0.upstream / ($0.x * Foundation.log(10.0)) }

  private static let log1p = Operation.unary(
    "log1p", "log(1 + x), precise near 0.", PK_LOG1P, domain: .positive,
    latex: "\\log(1 + #1)"
  ) { try $0.upstream / ($0.x + 1) }

  private static let sigmoid = Operation.program(
    "sigmoid", "1 / (1 + e to the -x).", ulp: 2.5, latex: "\\sigma(#1)",
    jax: "jax.nn.sigmoid(#1)",
    derivative: { [try $0.upstream * (1 - $0.output) * $0.output] }
  ) { program, operands in
    let x = operands[0]
    let decay = program.decayed(x)
    let one = program.constant(1, x.dtype)
    let isNegative = program.test(PK_LT, x, program.constant(0, x.dtype))
    let top = program.select(isNegative, decay, one)
    return program.map(PK_DIV, top, program.map(PK_ADD, one, decay))
  }

  private static let softplus = Operation.program(
    "softplus", "log(1 + e to the x), finite for every finite x.", ulp: 2.5,
    latex: "\\log(1 + e^{#1})", torch: "torch.nn.functional.softplus(#1)",
    jax: "jax.nn.softplus(#1)",
    derivative: { [try $0.upstream * $0.x.sigmoid()] }
  ) { program, operands in
    let x = operands[0]
    let above = program.map(PK_MAX, x, program.constant(0, x.dtype))
    return program.map(PK_ADD, above, program.map(PK_LOG1P, program.decayed(x)))
  }

  private static let logSigmoid = Operation.program(
    "log_sigmoid", "log(1 / (1 + e to the -x)), finite for every finite x.", ulp: 2.5,
    latex: "\\log \\sigma(#1)", torch: "torch.nn.functional.logsigmoid(#1)",
    jax: "jax.nn.log_sigmoid(#1)",
    derivative: { [try $0.upstream * (-$0.x).sigmoid()] }
  ) { program, operands in
    let x = operands[0]
    let below = program.map(PK_MIN, x, program.constant(0, x.dtype))
    return program.map(PK_SUB, below, program.map(PK_LOG1P, program.decayed(x)))
  }

  private static let logaddexp = Operation.program(
    "logaddexp", "log(e to the x + e to the y) without overflow.", ["x", "y"], ulp: 1,
    latex: "\\log(e^{#1} + e^{#2})",
    derivative: { chain in
      let gap = try chain.x - chain.y
      return [try chain.upstream * gap.sigmoid(), try chain.upstream * (-gap).sigmoid()]
    }
  ) { program, operands in
    program.wide(operands) { program, wide in
      let larger = program.map(PK_MAX, wide[0], wide[1])
      let decay = program.decayed(program.map(PK_SUB, wide[0], wide[1]))
      // Two equal infinities have no difference; the larger one is the answer.
      let isEqual = program.test(PK_EQ, wide[0], wide[1])
      let log2 = program.constant(Foundation.log(2.0), .float64)
      let rest = program.select(isEqual, log2, program.map(PK_LOG1P, decay))
      return program.map(PK_ADD, larger, rest)
    }
  }
}
