import TensorCore

/// Shifts and scales the last axis to mean 0 and variance 1, then by learned numbers.
public struct LayerNorm: Sendable {
  let weight: Parameter
  let bias: Parameter
  let epsilon: Double

  /// Declares `name.weight` (ones) and `name.bias` (zeros), both `[width]`.
  public init(
    _ name: String, width: Int, epsilon: Double = 1e-5, in layout: inout ParameterLayout
  ) throws {
    weight = try layout.declare("\(name).weight", [width], initial: .constant(1))
    bias = try layout.declare("\(name).bias", [width], initial: .constant(0))
    self.epsilon = epsilon
  }

  /// `[..., width]` to the same.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try x.layerNorm(weight: pass[weight], bias: pass[bias], epsilon: epsilon)
  }
}

/// Scales the last axis to root mean square 1, then by learned numbers.
public struct RMSNorm: Sendable {
  let weight: Parameter
  let epsilon: Double

  /// Declares `name.weight`, `[width]`, ones.
  public init(
    _ name: String, width: Int, epsilon: Double = 1e-6, in layout: inout ParameterLayout
  ) throws {
    weight = try layout.declare("\(name).weight", [width], initial: .constant(1))
    self.epsilon = epsilon
  }

  /// `[..., width]` to the same.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    try x.rmsNorm(weight: pass[weight], epsilon: epsilon)
  }
}
