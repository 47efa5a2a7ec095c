import CKernels

/// What graphs begin with, and conversions between types.
enum Leaves {
  /// Holds a realized value.
  static let value = OpID("value")
  /// One number, in `Node.payload`.
  static let scalar = OpID("scalar")
  static let cast = OpID("cast")
  static let stopGradient = OpID("stop_gradient")

  static let operations: [Operation] = [
    Operation(
      "value", "A value that is there already.", [], domain: .none, isPublic: false,
      body: .primitive(Primitive(.leaf, .rule { _ in (.scalar, .float32) }))),
    Operation(
      "scalar", "One number.", [], domain: .none, isPublic: false,
      body: .primitive(Primitive(.leaf, .rule { _ in (.scalar, .float64) }))),
    Operation(
      "cast", "The same numbers in another type.", [.tensor("x")], domain: .none,
      isPublic: false,
      body: .primitive(
        Primitive(
          .map { program, x in x[0] },
          .rule { ($0.shapes[0], DType(rawValue: UInt8($0.attributes[0])) ?? .float32) }
        ) { [try $0.upstream.cast(to: $0.x.dtype)] })),
    Operation(
      "stop_gradient", "x itself, held constant by every derivative.", [.tensor("x")],
      domain: .none,
      spelling: Spelling(
        latex: "\\operatorname{sg}(#1)", torch: "#1.detach()", jax: "lax.stop_gradient(#1)"),
      body: .primitive(Primitive(.map { program, x in x[0] }, .sameNumeric))),
  ]
}
