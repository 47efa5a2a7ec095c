import CKernels

/// Sums, products and what is made of them, elementwise.
enum Arithmetic {
  static let operations: [Operation] = [
    Operation(
      "add", "x + y.", [.tensor("x"), .tensor("y")], ulp: 0.5,
      spelling: Spelling(latex: "#1 + #2", torch: "#1 + #2", jax: "#1 + #2"),
      body: .primitive(
        Primitive(.map { $0.map(PK_ADD, $1[0], $1[1]) }, .sameNumeric) {
          [$0.upstream, $0.upstream]
        })),
    Operation(
      "sub", "x - y.", [.tensor("x"), .tensor("y")], ulp: 0.5,
      spelling: Spelling(latex: "#1 - #2", torch: "#1 - #2", jax: "#1 - #2"),
      body: .primitive(
        Primitive(.map { $0.map(PK_SUB, $1[0], $1[1]) }, .sameNumeric) {
          [$0.upstream, try -$0.upstream]
        })),
    Operation(
      "mul", "x y.", [.tensor("x"), .tensor("y")], ulp: 0.5,
      spelling: Spelling(latex: "#1 \\cdot #2", torch: "#1 * #2", jax: "#1 * #2"),
      body: .primitive(
        Primitive(.map { $0.map(PK_MUL, $1[0], $1[1]) }, .sameNumeric) {
          [try $0.upstream * $0.y, try $0.upstream * $0.x]
        })),
    Operation(
      "div", "x / y.", [.tensor("x"), .tensor("y")], domain: .positive, ulp: 0.5,
      spelling: Spelling(latex: "\\frac{#1}{#2}", torch: "#1 / #2", jax: "#1 / #2"),
      body: .primitive(
        Primitive(.map { $0.map(PK_DIV, $1[0], $1[1]) }) {
          let g = try $0.upstream / $0.y
          return [g, try -(g * $0.output)]
        })),
    Operation(
      "neg", "-x.", [.tensor("x")], ulp: 0,
      spelling: Spelling(latex: "-#1", torch: "-#1", jax: "-#1"),
      body: .primitive(
        Primitive(.map { $0.map(PK_NEG, $1[0]) }, .sameNumeric) { [try -$0.upstream] })),
    Operation(
      "exp", "e to the x.", [.tensor("x")], ulp: 2,
      spelling: Spelling(latex: "e^{#1}", torch: "torch.exp(#1)", jax: "jnp.exp(#1)"),
      body: .primitive(
        Primitive(.map { $0.map(PK_EXP, $1[0]) }) { [try $0.upstream * $0.output] })),
  ]
}
