import TensorCore

/// y = x Wᵀ + b: `[..., inputs]` to `[..., outputs]`, the weight lying as `[outputs, inputs]`.
public struct Linear: Sendable {
  let weight: Parameter
  let bias: Parameter?

  /// Declares the weight and, if asked for, the bias under a name.
  ///
  /// - Parameters:
  ///   - name: the path, before `.weight` and `.bias`.
  ///   - inputs: extent of the last axis of x.
  ///   - outputs: extent of the last axis of y.
  ///   - bias: whether to add b.
  ///   - initial: of the weight; PyTorch's choice when nil. The bias follows it, or is zero
  ///     beside a given one.
  ///   - layout: what to declare in.
  /// - Throws: `LearningError` when the name is taken.
  public init(
    _ name: String, inputs: Int, outputs: Int, bias: Bool = true, initial: InitialValue? = nil,
    in layout: inout ParameterLayout
  ) throws {
    weight = try layout.declare(
      "\(name).weight", [outputs, inputs], initial: initial ?? .linear(inputs: inputs))
    self.bias =
      bias
      ? try layout.declare(
        "\(name).bias", [outputs], initial: initial == nil ? .linear(inputs: inputs) : .constant(0))
      : nil
  }

  /// `[..., inputs]` to `[..., outputs]`.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    let product = try x.matmul(pass[weight], transposeRight: true)
    guard let bias else { return product }
    return try product + pass[bias]
  }
}
