import CKernels

/// Roots and powers, elementwise.
enum Powers {
  static let power = OpID("power")

  static let operations: [Operation] = [sqrt, rsqrt, powerRow, pow, hypot]

  private static let sqrt = Operation.unary(
    "sqrt", "The square root; NaN below 0, infinite derivative at 0.", PK_SQRT,
    domain: .positive, latex: "\\sqrt{#1}"
  ) { try $0.upstream / ($0.output * 2) }

  private static let rsqrt = Operation.unary(
    "rsqrt", "1 / sqrt(x).", PK_RSQRT, domain: .positive, latex: "\\frac{1}{\\sqrt{#1}}",
    jax: "lax.rsqrt(#1)"
  ) { try $0.upstream * $0.output * $0.output * $0.output * -0.5 }

  private static let powerRow = Operation(
    "power", "x to the y, for any exponent.", [.tensor("x"), .tensor("y")], domain: .positive,
    ulp: Double(pk_map_ulp(Int32(PK_POW.rawValue))),
    spelling: Spelling(latex: "{#1}^{#2}", torch: "#1 ** #2", jax: "#1 ** #2"), isPublic: false,
    body: .primitive(
      Primitive(.map { $0.map(PK_POW, $1[0], $1[1]) }, derivative: powerRule)))

  private static let pow = Operation(
    "pow", "x to the y. The derivative by x is 0 where y is 0, by y where x is 0 and y >= 0.",
    [.tensor("x"), .tensor("y")], domain: .positive,
    ulp: Double(pk_map_ulp(Int32(PK_POW.rawValue))),
    spelling: Spelling(latex: "{#1}^{#2}", torch: "#1 ** #2", jax: "#1 ** #2"),
    body: .composite { [try $0.tensor(0).pow($0.tensor(1))] })

  private static let hypot = Operation.binary(
    "hypot", "sqrt(x x + y y) without overflow.", PK_HYPOT, domain: .positive,
    latex: "\\sqrt{#1^2 + #2^2}"
  ) { chain in
    let g = try chain.upstream / chain.output
    return [try g * chain.x, try g * chain.y]
  }

  private static let powerRule: Slopes = { chain in
    let (x, y, g) = (chain.x, chain.y, chain.upstream)
    if let exponent = y.constant {
      if exponent == 0 { return [nil, nil] }
      return [try g * (x.pow(y - 1) * y), nil]
    }
    let isZero = try y.eq(0)
    let slope = try isZero.where(g.like(0), else: g * (y * x.power(y - 1)))
    let flat = try x.eq(0).and(y.ge(0))
    let growth = try flat.where(g.like(0), else: g * (chain.output * x.log()))
    return [slope, growth]
  }
}

extension Tensor {
  /// The number, if this is one that no later run of a plan may change.
  var constant: Double? {
    let node = graph.nodes[Int(id)]
    guard node.op == Leaves.scalar, !node.flags.contains(.variable) else { return nil }
    return node.payload
  }

  func power(_ y: Tensor) throws -> Tensor { try apply(Powers.power, y) }

  /// This tensor to the `y`, elementwise; whole and half exponents known now become products
  /// and roots.
  public func pow(_ y: Tensor) throws -> Tensor {
    switch y.constant {
    case 1: return self
    case 2: return try square()
    case 3 where dtype.isFloating: return try square() * self
    case 0.5: return try sqrt()
    case -1: return try reciprocal()
    case -0.5: return try rsqrt()
    default: return try power(y)
    }
  }

  /// This tensor to a fixed exponent, elementwise.
  public func pow(_ exponent: Double) throws -> Tensor { try pow(like(exponent)) }
}
