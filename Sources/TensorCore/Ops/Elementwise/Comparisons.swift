import CKernels

/// Comparisons and tests, whose results are bool, and logic upon them.
enum Comparisons {
  static let operations: [Operation] = [
    eq, ne, lt, le, gt, ge, isnan, isinf, isfinite, and, or, xor, not,
  ]

  private static let eq = comparison("eq", "Whether x = y.", "=", "==") {
    $0.test(PK_EQ, $1[0], $1[1])
  }
  private static let ne = comparison("ne", "Whether x differs from y.", "\\neq", "!=") {
    $0.test(PK_NE, $1[0], $1[1])
  }
  private static let lt = comparison("lt", "Whether x < y.", "<", "<") {
    $0.test(PK_LT, $1[0], $1[1])
  }
  private static let le = comparison("le", "Whether x <= y.", "\\le", "<=") {
    $0.test(PK_LE, $1[0], $1[1])
  }
  private static let gt = comparison("gt", "Whether x > y.", ">", ">") {
    $0.test(PK_LT, $1[1], $1[0])
  }
  private static let ge = comparison("ge", "Whether x >= y.", "\\ge", ">=") {
    $0.test(PK_LE, $1[1], $1[0])
  }

  private static func comparison(
    _ name: String, _ summary: String, _ latex: String, _ symbol: String,
    body: @escaping Program
  ) -> Operation {
    .program(
      name, summary, ["x", "y"], domain: .none, ulp: 0, result: .comparison,
      latex: "#1 \(latex) #2", torch: "#1 \(symbol) #2", jax: "#1 \(symbol) #2", body: body)
  }

  private static let isnan = Operation.program(
    "isnan", "Whether x is not a number.", domain: .none, ulp: 0, result: .comparison
  ) { program, operands in
    guard operands[0].dtype.isFloating else { return program.constant(0, .bool) }
    return program.test(PK_ISNAN, operands[0])
  }

  private static let isfinite = Operation.program(
    "isfinite", "Whether x is neither infinite nor NaN.", domain: .none, ulp: 0,
    result: .comparison
  ) { program, operands in
    guard operands[0].dtype.isFloating else { return program.constant(1, .bool) }
    return program.test(PK_ISFINITE, operands[0])
  }

  private static let isinf = Operation.program(
    "isinf", "Whether x is infinite.", domain: .none, ulp: 0, result: .comparison
  ) { program, operands in
    guard operands[0].dtype.isFloating else { return program.constant(0, .bool) }
    let known = program.test(PK_ISFINITE, operands[0])
    let other = program.test(PK_ISNAN, operands[0])
    return program.test(PK_NOT, program.test(PK_OR, known, other))
  }

  private static let and = logic("logical_and", "Whether both hold.", "\\land", "&", PK_AND)
  private static let or = logic("logical_or", "Whether either holds.", "\\lor", "|", PK_OR)
  private static let xor = logic("logical_xor", "Whether just one holds.", "\\oplus", "^", PK_XOR)

  private static func logic(
    _ name: String, _ summary: String, _ latex: String, _ symbol: String,
    _ instruction: pk_map_op
  ) -> Operation {
    .program(
      name, summary, ["x", "y"], domain: .truth, ulp: 0, result: .logical,
      latex: "#1 \(latex) #2", torch: "#1 \(symbol) #2", jax: "#1 \(symbol) #2"
    ) { $0.test(instruction, $1[0], $1[1]) }
  }

  private static let not = Operation.program(
    "logical_not", "Whether x does not hold.", domain: .truth, ulp: 0, result: .logical,
    latex: "\\lnot #1", torch: "~#1", jax: "~#1"
  ) { $0.test(PK_NOT, $1[0]) }
}
