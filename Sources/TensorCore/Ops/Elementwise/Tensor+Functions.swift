/// The elementwise operations as Swift spells them; see their rows for conventions.
extension Tensor {
  /// e to the x.
  public func exp() throws -> Tensor { try apply(Primitives.exp) }

  /// 2 to the x.
  public func exp2() throws -> Tensor { try apply(Primitives.exp2) }

  /// e to the x, minus 1.
  public func expm1() throws -> Tensor { try apply(Primitives.expm1) }

  /// The natural logarithm.
  public func log() throws -> Tensor { try apply(Primitives.log) }

  /// The logarithm to base 2.
  public func log2() throws -> Tensor { try apply(Primitives.log2) }

  /// The logarithm to base 10.
  public func log10() throws -> Tensor { try apply(Primitives.log10) }

  /// log(1 + x).
  public func log1p() throws -> Tensor { try apply(Primitives.log1p) }

  /// 1 / (1 + e to the -x).
  public func sigmoid() throws -> Tensor { try apply(Primitives.sigmoid) }

  /// log(1 + e to the x).
  public func softplus() throws -> Tensor { try apply(Primitives.softplus) }

  /// log of the sigmoid, finite for every finite x.
  public func logSigmoid() throws -> Tensor { try apply(Primitives.logSigmoid) }

  /// The square root.
  public func sqrt() throws -> Tensor { try apply(Primitives.sqrt) }

  /// 1 / sqrt(x).
  public func rsqrt() throws -> Tensor { try apply(Primitives.rsqrt) }

  /// x squared.
  public func square() throws -> Tensor { try apply(Primitives.square) }

  /// 1 / x.
  public func reciprocal() throws -> Tensor { try apply(Primitives.reciprocal) }

  /// |x|.
  public func abs() throws -> Tensor { try apply(Primitives.abs) }

  /// -1, 0 or 1.
  public func sign() throws -> Tensor { try apply(Primitives.sign) }

  /// The sine.
  public func sin() throws -> Tensor { try apply(Primitives.sin) }

  /// The cosine.
  public func cos() throws -> Tensor { try apply(Primitives.cos) }

  /// The tangent.
  public func tan() throws -> Tensor { try apply(Primitives.tan) }

  /// The hyperbolic sine.
  public func sinh() throws -> Tensor { try apply(Primitives.sinh) }

  /// The hyperbolic cosine.
  public func cosh() throws -> Tensor { try apply(Primitives.cosh) }

  /// The hyperbolic tangent.
  public func tanh() throws -> Tensor { try apply(Primitives.tanh) }

  /// The error function.
  public func erf() throws -> Tensor { try apply(Primitives.erf) }

  /// 1 - erf(x).
  public func erfc() throws -> Tensor { try apply(Primitives.erfc) }

  /// log |gamma(x)|.
  public func lgamma() throws -> Tensor { try apply(Primitives.lgamma) }

  /// The derivative of lgamma.
  public func digamma() throws -> Tensor { try apply(Primitives.digamma) }

  /// The largest whole number not above x.
  public func floor() throws -> Tensor { try apply(Primitives.floor) }

  /// The smallest whole number not below x.
  public func ceil() throws -> Tensor { try apply(Primitives.ceil) }

  /// The nearest whole number, half to even.
  public func rounded() throws -> Tensor { try apply(Primitives.round) }

  /// x without its fraction.
  public func truncated() throws -> Tensor { try apply(Primitives.trunc) }

  /// x where positive, else 0.
  public func relu() throws -> Tensor { try apply(Primitives.relu) }

  /// Whether x is not a number.
  public func isNaN() throws -> Tensor { try apply(Primitives.isnan) }

  /// Whether x is neither infinite nor NaN.
  public func isFinite() throws -> Tensor { try apply(Primitives.isfinite) }

  /// Whether x does not hold.
  public func not() throws -> Tensor { try apply(Primitives.logicalNot) }
}
