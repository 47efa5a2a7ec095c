/// Sums, products, extremes and truth over axes; all axes when none are named.
enum Totals {
  static let operations: [Operation] = [sum, prod, amax, amin, any, all, countNonzero]

  private static func over(
    _ name: String, _ summary: String, latex: String,
    _ body: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
  ) -> Operation {
    Operation(
      name, summary,
      [
        .tensor("x"), Parameter("axes", .axes, optional: true),
        Parameter("keepdim", .flag, optional: true),
      ], domain: .none,
      spelling: Spelling(
        latex: latex, torch: "torch.\(name)(#1, dim=#2, keepdim=#3)",
        jax: "jnp.\(name)(#1, axis=#2, keepdims=#3)"),
      body: .composite {
        [try body($0.tensor(0), $0.integers(1), $0.flag(2))]
      })
  }

  private static let sum = over(
    "sum", "The sum over axes; bool counts as 0 and 1.", latex: "\\sum #1"
  ) { x, axes, keep in
    let numbers = x.dtype == .bool ? try x.cast(to: .int64) : x
    return try numbers.sum(axes, keepingAxes: keep)
  }

  private static let prod = over("prod", "The product over axes.", latex: "\\prod #1") {
    try $0.product($1, keepingAxes: $2)
  }

  private static let amax = over(
    "amax", "The largest over axes, NaN if any is; ties share the derivative evenly.",
    latex: "\\max #1"
  ) { try $0.maximum($1, keepingAxes: $2) }

  private static let amin = over(
    "amin", "The smallest over axes, NaN if any is; ties share the derivative evenly.",
    latex: "\\min #1"
  ) { try $0.minimum($1, keepingAxes: $2) }

  private static let any = over(
    "any", "Whether some element over axes differs from 0.", latex: "\\exists #1"
  ) { x, axes, keep in
    if x.count == 0 { return try x.graph.scalar(0, .bool).expand(to: x.reduced(axes, keep)) }
    return try x.truth().maximum(axes, keepingAxes: keep)
  }

  private static let all = over(
    "all", "Whether every element over axes differs from 0.", latex: "\\forall #1"
  ) { x, axes, keep in
    if x.count == 0 { return try x.graph.scalar(1, .bool).expand(to: x.reduced(axes, keep)) }
    return try x.truth().minimum(axes, keepingAxes: keep)
  }

  private static let countNonzero = over(
    "count_nonzero", "How many elements over axes differ from 0, int64.", latex: "\\# #1"
  ) { try $0.truth().cast(to: .int64).sum($1, keepingAxes: $2) }
}

extension Tensor {
  /// Which elements differ from 0.
  func truth() throws -> Tensor { dtype == .bool ? self : try ne(0) }

  /// The shape left by a reduction over 0-based axes.
  fileprivate func reduced(_ axes: [Int]?, _ keep: Bool) throws -> Shape {
    let axes = try resolve(axes, "any")
    return keep ? shape.keeping(axes) : shape.removing(axes)
  }
}
