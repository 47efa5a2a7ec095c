import CKernels
import Foundation

/// Activation functions of networks, composed of elementwise primitives.
enum Activations {
  static let operations: [Operation] = smooth + piecewise + shrinking

  private static let smooth = [gelu, silu, mish, elu, selu, celu, softsign, quickGelu, glu, prelu]
  private static let piecewise = [leakyRelu, hardtanh, relu6, hardsigmoid, hardswish, threshold]
  private static let shrinking = [softshrink, hardshrink, tanhshrink]

  private static let slopeParameter = Parameter("negative_slope", .tensor, optional: true)
  private static let alpha = Parameter("alpha", .tensor, optional: true)

  private static func network(
    _ name: String, _ summary: String, _ parameters: [Parameter] = [.tensor("x")],
    domain: Domain = .real, ulp: Double? = nil, torch: String? = nil,
    body: @escaping @Sendable (Arguments) throws -> Tensor
  ) -> Operation {
    .composed(
      name, summary, parameters, domain: domain, ulp: ulp,
      torch: torch ?? "torch.nn.functional.\(name)(#1)", jax: "jax.nn.\(name)(#1)", body: body)
  }

  private static let gelu = network(
    "gelu",
    "x times the normal distribution function at x; approximate \"tanh\" for the usual fit.",
    [.tensor("x"), Parameter("approximate", .text, optional: true)], ulp: 12
  ) { arguments in
    let kind = try arguments.text(1, default: "none")
    guard kind == "none" || kind == "tanh" else {
      throw TensorError("gelu", "approximate must be \"none\" or \"tanh\", got \"\(kind)\"")
    }
    return try arguments.tensor(0).gelu(approximate: kind == "tanh")
  }

  private static let silu = network("silu", "x sigmoid(x).", ulp: 3.5) { try $0.tensor(0).silu() }

  private static let quickGelu = network(
    "quick_gelu", "x sigmoid(1.702 x).", ulp: 7, torch: "#1 * torch.sigmoid(1.702 * #1)"
  ) { arguments in
    let x = try arguments.tensor(0)
    return try x * (x * 1.702).sigmoid()
  }

  private static let mish = network("mish", "x tanh(softplus(x)).", ulp: 4) { arguments in
    let x = try arguments.tensor(0)
    return try x * x.softplus().tanh()
  }

  private static let elu = network(
    "elu", "x where positive, else alpha (e to the x - 1); alpha is 1.", [.tensor("x"), alpha],
    ulp: 2
  ) { try $0.tensor(0).exponentialUnit($0.optionalScalar(1)) }

  private static let selu = network(
    "selu", "elu at the alpha and scale that keep mean 0 and variance 1.", ulp: 3
  ) { arguments in
    let x = try arguments.tensor(0)
    let curve = try x.exponentialUnit(x.like(1.6732632423543772848170429916717))
    return try curve * 1.0507009873554804934193349852946
  }

  private static let celu = network(
    "celu", "x where positive, else alpha (e to the x / alpha - 1); alpha is 1.",
    [.tensor("x"), alpha], ulp: 3
  ) { arguments in
    let alpha = try arguments.optionalScalar(1)
    return try arguments.tensor(0).exponentialUnit(alpha, dividingBy: alpha)
  }

  private static let softsign = network("softsign", "x / (1 + |x|).", ulp: 1.5) { arguments in
    let x = try arguments.tensor(0)
    return try x / (x.abs() + 1)
  }

  private static let glu = network(
    "glu", "The first half of an axis times the sigmoid of the second; the last axis.",
    [.tensor("x"), Parameter("axis", .axis, optional: true)], domain: .none
  ) { arguments in
    let x = try arguments.tensor(0)
    let axis = try x.axis(arguments.integer(1, default: -1), "glu")
    guard x.shape[axis] % 2 == 0 else {
      throw TensorError("glu", "axis \(axis + 1) of shape \(x.shape) cannot be halved")
    }
    let half = x.shape[axis] / 2
    let gate = try x.slice(axis, start: half, count: half).sigmoid()
    return try x.slice(axis, start: 0, count: half) * gate
  }

  private static let prelu = network(
    "prelu", "x where positive, else weight x.", [.tensor("x"), .tensor("weight")], ulp: 0.5
  ) { arguments in
    let x = try arguments.tensor(0)
    return try x.gt(0).where(x, else: x * arguments.tensor(1))
  }

  private static let leakyRelu = network(
    "leaky_relu", "x where positive, else negative_slope x; the slope is 0.01.",
    [.tensor("x"), slopeParameter], ulp: 1
  ) { arguments in
    let x = try arguments.tensor(0)
    return try x.gt(0).where(x, else: x * arguments.scalar(1, default: 0.01))
  }

  private static let hardtanh = network(
    "hardtanh", "x within bounds, -1 and 1; the derivative at a bound is 0.",
    [
      .tensor("x"), Parameter("minimum", .tensor, optional: true),
      Parameter("maximum", .tensor, optional: true),
    ], ulp: 0
  ) { arguments in
    try arguments.tensor(0).clamp(
      arguments.scalar(1, default: -1), arguments.scalar(2, default: 1))
  }

  private static let relu6 = network(
    "relu6", "x within 0 and 6; the derivative at a bound is 0.", ulp: 0
  ) { try $0.tensor(0).clamp(minimum: 0, maximum: 6) }

  private static let hardsigmoid = network(
    "hardsigmoid", "x / 6 + 1 / 2 within 0 and 1; the derivative at a bound is 0.", ulp: 1.5,
    torch: "torch.nn.functional.hardsigmoid(#1)"
  ) { arguments in
    try (arguments.tensor(0).clamp(minimum: -3, maximum: 3) + 3) / 6
  }

  private static let hardswish = network(
    "hardswish", "x (x + 3) / 6 from -3 to 3, 0 below, x above.", ulp: 2.5
  ) { arguments in
    let x = try arguments.tensor(0)
    let curve = try x * (x + 3) / 6
    let upper = try x.ge(3).where(x, else: curve)
    return try x.le(-3).where(x.like(0), else: upper)
  }

  private static let threshold = network(
    "threshold", "x above the threshold, else the value.",
    [.tensor("x"), .tensor("threshold"), .tensor("value")], domain: .none,
    ulp: 0
  ) { arguments in
    let x = try arguments.tensor(0)
    return try x.le(arguments.scalar(1)).where(arguments.scalar(2), else: x)
  }

  private static let lambda = Parameter("lambda", .tensor, optional: true)

  private static let softshrink = network(
    "softshrink", "x moved towards 0 by lambda, 1/2; the derivative within is 0.",
    [.tensor("x"), lambda], ulp: 0.5
  ) { arguments in
    let (x, width) = try (arguments.tensor(0), arguments.scalar(1, default: 0.5))
    let moved = try x.gt(0).where(x - width, else: x + width)
    return try x.abs().le(width).where(x.like(0), else: moved)
  }

  private static let hardshrink = network(
    "hardshrink", "x where |x| exceeds lambda, 1/2, else 0.", [.tensor("x"), lambda], ulp: 0
  ) { arguments in
    let (x, width) = try (arguments.tensor(0), arguments.scalar(1, default: 0.5))
    return try x.abs().le(width).where(x.like(0), else: x)
  }

  private static let tanhshrink = Operation.program(
    "tanhshrink", "x - tanh(x).", domain: .interval(0.1, 4), ulp: 1,
    latex: "#1 - \\tanh #1", torch: "torch.nn.functional.tanhshrink(#1)",
    jax: "#1 - jnp.tanh(#1)",
    derivative: { [try $0.upstream * $0.x.tanh().square()] }
  ) { program, operands in
    program.wide(operands) { program, wide in
      program.map(PK_SUB, wide[0], program.map(PK_TANH, wide[0]))
    }
  }
}

extension Tensor {
  /// x times the normal distribution function at x, or times its fit by the hyperbolic tangent
  /// when `approximate`.
  public func gelu(approximate: Bool = false) throws -> Tensor {
    if approximate {
      // (1 + tanh u) / 2 is the sigmoid of 2 u, which keeps small values precise.
      let inner = try (square() * self * 0.044715 + self) * (2 * (2 / Double.pi).squareRoot())
      return try self * inner.sigmoid()
    }
    return try self * 0.5 * (self * -(0.5.squareRoot())).erfc()
  }

  /// x sigmoid(x).
  public func silu() throws -> Tensor { try self * sigmoid() }

  /// x where positive, else alpha (exp(x / divisor) - 1); the exponential never sees a positive
  /// number, so that it cannot overflow where it is not chosen.
  fileprivate func exponentialUnit(
    _ alpha: Tensor?, dividingBy divisor: Tensor? = nil
  ) throws -> Tensor {
    let isPositive = try gt(0)
    var low = try isPositive.where(like(0), else: self)
    if let divisor { low = try low / divisor }
    var curve = try low.expm1()
    if let alpha { curve = try curve * alpha }
    return try isPositive.where(self, else: curve)
  }
}
