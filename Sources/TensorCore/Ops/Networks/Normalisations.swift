/// Layers that bring numbers to a standard scale.
enum Normalisations {
  static let operations: [Operation] = [layerNorm, rmsNorm, normalize, groupNorm, standardize]

  private static let weight = Parameter("weight", .tensor, optional: true)
  private static let bias = Parameter("bias", .tensor, optional: true)
  private static let epsilon = Parameter("eps", .number, optional: true)

  private static let layerNorm = Operation(
    "layer_norm",
    "Mean 0 and variance 1 over the axes of weight, else the last, then weight and bias; "
      + "eps is 1e-5.",
    [.tensor("x"), weight, bias, epsilon], domain: .none,
    body: .composite { arguments in
      let weight = try arguments.optionalTensor(1)
      let bias = try arguments.optionalTensor(2)
      let eps = try arguments.number(3, default: 1e-5)
      return [try arguments.tensor(0).layerNorm(weight: weight, bias: bias, epsilon: eps)]
    })

  private static let rmsNorm = Operation(
    "rms_norm", "Root mean square 1 over the axes of weight, else the last; eps is 1e-6.",
    [.tensor("x"), weight, epsilon], domain: .none,
    body: .composite { arguments in
      let weight = try arguments.optionalTensor(1)
      let eps = try arguments.number(2, default: 1e-6)
      return [try arguments.tensor(0).rmsNorm(weight: weight, epsilon: eps)]
    })

  private static let groupNorm = Operation(
    "group_norm", "Mean 0 and variance 1 within each of the groups of axis 2; eps is 1e-5.",
    [.tensor("x"), Parameter("groups", .integer), weight, bias, epsilon], domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let groups = try arguments.integer(1)
      guard x.rank > 1, groups > 0, x.shape[1] % groups == 0 else {
        throw TensorError("group_norm", "shape \(x.shape) has no \(groups) groups along axis 2")
      }
      let flat = try x.reshape(to: [x.shape[0], groups, x.count / x.shape[0] / groups])
      var result = try flat.layerNorm(epsilon: arguments.number(4, default: 1e-5))
      result = try result.reshape(to: x.shape)
      var column = [Int](repeating: 1, count: x.rank - 1)
      column[0] = x.shape[1]
      if let weight = try arguments.optionalTensor(2) {
        result = try result * weight.reshape(to: Shape(column))
      }
      guard let bias = try arguments.optionalTensor(3) else { return [result] }
      return [try result + bias.reshape(to: Shape(column))]
    })

  private static let normalize = Operation(
    "normalize", "x over its p-norm along an axis, at least eps; p is 2, the last axis, 1e-12.",
    [
      .tensor("x"), Parameter("p", .number, optional: true),
      Parameter("axis", .axis, optional: true), epsilon,
    ], domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try arguments.integer(2, default: -1)
      let norm = try x.norm(arguments.number(1, default: 2), [axis], keepingAxes: true)
      return [try x / norm.clamp(minimum: arguments.number(3, default: 1e-12))]
    })

  private static let standardize = Operation(
    "standardize", "x less its mean, over its standard deviation plus eps; all axes, 1e-8.",
    [.tensor("x"), Parameter("axes", .axes, optional: true), epsilon], domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axes = try arguments.integers(1)
      let spread = try x.standardDeviation(axes, keepingAxes: true)
      let centred = try x - x.mean(axes, keepingAxes: true)
      return [try centred / (spread + arguments.number(2, default: 1e-8))]
    })
}

extension Tensor {
  /// Mean 0 and variance 1 over the trailing axes of `weight` (the last when nil), then
  /// `weight` and `bias`.
  public func layerNorm(
    weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) throws -> Tensor {
    let axes = try trailing(weight ?? bias, "layer_norm")
    let centred = try self - mean(axes, keepingAxes: true)
    let variance = try centred.square().mean(axes, keepingAxes: true)
    var result = try centred * (variance + epsilon).rsqrt()
    if let weight { result = try result * weight }
    if let bias { result = try result + bias }
    return result
  }

  /// Root mean square 1 over the trailing axes of `weight` (the last when nil), then `weight`.
  public func rmsNorm(weight: Tensor? = nil, epsilon: Double = 1e-6) throws -> Tensor {
    let axes = try trailing(weight, "rms_norm")
    let scale = try (square().mean(axes, keepingAxes: true) + epsilon).rsqrt()
    let result = try self * scale
    guard let weight else { return result }
    return try result * weight
  }

  private func trailing(_ weight: Tensor?, _ operation: String) throws -> [Int] {
    let count = weight?.rank ?? 1
    guard rank >= max(count, 1) else {
      throw TensorError(operation, "shape \(shape) has no \(count) trailing axes")
    }
    if let weight, weight.shape.dims != Array(shape.dims.suffix(count)) {
      throw TensorError(operation, "weight \(weight.shape) does not end the shape \(shape)")
    }
    return Array((rank - max(count, 1))..<rank)
  }
}
