import TensorCore

/// A kink or bend between linear layers.
public enum Activation: String, Sendable, CaseIterable {
  case relu, gelu, silu, tanh, sigmoid

  /// The activation of every element; GELU is the exact one, by the error function.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .relu: return try x.relu()
    case .gelu: return try x.gelu()
    case .silu: return try x.silu()
    case .tanh: return try x.tanh()
    case .sigmoid: return try x.sigmoid()
    }
  }
}

/// Linear layers with activations between them: `[..., widths.first]` to `[..., widths.last]`.
public struct MultilayerPerceptron: Sendable {
  let layers: [Linear]
  let activation: Activation

  /// Declares `name.0`, `name.1`, ...; the last layer has no activation.
  ///
  /// - Throws: `LearningError` for fewer than two widths.
  public init(
    _ name: String, widths: [Int], activation: Activation = .relu, in layout: inout ParameterLayout
  ) throws {
    guard widths.count > 1 else {
      throw LearningError("mlp", "widths are \(widths), expected at least two")
    }
    layers = try (0..<widths.count - 1).map {
      try Linear("\(name).\($0)", inputs: widths[$0], outputs: widths[$0 + 1], in: &layout)
    }
    self.activation = activation
  }

  /// `[..., widths.first]` to `[..., widths.last]`.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    var value = x
    for (index, layer) in layers.enumerated() {
      value = try layer(value, pass)
      if index + 1 < layers.count { value = try activation(value) }
    }
    return value
  }
}
