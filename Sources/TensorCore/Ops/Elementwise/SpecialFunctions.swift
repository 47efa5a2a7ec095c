import CKernels
import Foundation

/// Error, gamma and Bessel functions, elementwise.
enum SpecialFunctions {
  static let operations: [Operation] = [
    erf, erfc, erfinv, lgamma, digamma, polygamma, i0e, i1e,
  ]

  private static let erf = Operation.unary(
    "erf", "The error function.", PK_ERF, jax: "jax.scipy.special.erf(#1)"
  ) { try $0.upstream * (-$0.x.square()).exp() * (2 / Double.pi.squareRoot()) }

  private static let erfc = Operation.unary(
    "erfc", "1 - erf(x), precise for large x.", PK_ERFC, jax: "jax.scipy.special.erfc(#1)"
  ) { try $0.upstream * (-$0.x.square()).exp() * (-2 / Double.pi.squareRoot()) }

  private static let erfinv = Operation.unary(
    "erfinv", "The inverse of erf; NaN outside -1 ... 1.", PK_ERFINV,
    domain: .interval(-0.95, 0.95), latex: "\\operatorname{erf}^{-1}(#1)",
    jax: "jax.scipy.special.erfinv(#1)"
  ) { try $0.upstream * $0.output.square().exp() * (Double.pi.squareRoot() / 2) }

  private static let lgamma = Operation.unary(
    "lgamma", "log |gamma(x)|; inf at 0, -1, -2, ...", PK_LGAMMA, domain: .positive,
    latex: "\\log \\Gamma(#1)", jax: "jax.scipy.special.gammaln(#1)"
  ) { try $0.upstream * $0.x.digamma() }

  private static let digamma = Operation.unary(
    "digamma", "The derivative of lgamma.", PK_DIGAMMA, domain: .positive,
    latex: "\\psi(#1)", jax: "jax.scipy.special.digamma(#1)"
  ) { try $0.upstream * $0.x.polygamma(order: $0.x.like(1)) }

  private static let polygamma = Operation.binary(
    "polygamma", "The n-th derivative of digamma at x, for a whole n >= 0.", PK_POLYGAMMA,
    ["n", "x"], domain: .none, latex: "\\psi^{(#1)}(#2)",
    torch: "torch.special.polygamma(#1, #2)", jax: "jax.scipy.special.polygamma(#1, #2)"
  ) { [nil, try $0.upstream * $0.y.polygamma(order: $0.x + 1)] }

  private static let i0e = Operation.unary(
    "i0e", "The modified Bessel function of order 0 times e to the -|x|.", PK_I0E,
    domain: .positive, latex: "e^{-|#1|} I_0(#1)", torch: "torch.special.i0e(#1)",
    jax: "jax.scipy.special.i0e(#1)"
  ) { try $0.upstream * ($0.x.besselI1e() - $0.x.sign() * $0.output) }

  private static let i1e = Operation.unary(
    "i1e", "The modified Bessel function of order 1 times e to the -|x|.", PK_I1E,
    domain: .positive, latex: "e^{-|#1|} I_1(#1)", torch: "torch.special.i1e(#1)",
    jax: "jax.scipy.special.i1e(#1)"
  ) { chain in
    let x = chain.x
    let isZero = try x.eq(0)
    let safe = try isZero.where(x.like(1), else: x)
    let slope = try x.besselI0e() - chain.output * (x.sign() + safe.reciprocal())
    return try chain.upstream * isZero.where(x.like(0.5), else: slope)
  }
}

extension Tensor {
  func polygamma(order: Tensor) throws -> Tensor { try order.apply("polygamma", self) }
  func besselI0e() throws -> Tensor { try apply("i0e") }
  func besselI1e() throws -> Tensor { try apply("i1e") }
}
