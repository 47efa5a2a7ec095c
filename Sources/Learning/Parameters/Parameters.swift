import TensorCore

/// The parameters of a model as tensors of one graph, for building one computation.
///
/// They are views of the store's flat vector, or whatever else a caller puts in their place.
/// Bare tensors: they last until the next sweep of the graph.
public struct Parameters {
  /// One tensor for each declared parameter, in order.
  public let tensors: [Tensor]

  /// Any tensors in the place of the declared parameters, of the same shapes.
  public init(_ tensors: [Tensor]) {
    self.tensors = tensors
  }

  /// The tensor of a declared parameter.
  public subscript(parameter: Parameter) -> Tensor { tensors[parameter.index] }
}

extension ParameterStore {
  /// The parameters as views of the flat vector, for one computation.
  public func bind() throws -> Parameters {
    Parameters(
      try layout.entries.map { entry in
        try flat.slice(0, start: entry.offset, count: entry.shape.count).reshape(to: entry.shape)
      })
  }

  /// The derivative of a scalar with respect to all parameters, as one flat vector.
  ///
  /// Each parameter's derivative is taken at its view and all are laid end to end, so that the
  /// work grows with the number of elements, not with that times the number of parameters.
  ///
  /// - Parameters:
  ///   - output: what to differentiate: one number, or any shape when `upstream` is given.
  ///   - parameters: the views that `output` was computed from.
  ///   - upstream: weights of the output's elements.
  /// - Returns: a vector as long as `flat`.
  /// - Throws: `TensorError` where shapes or types do not fit.
  public func gradient(
    of output: Tensor, withRespectTo parameters: Parameters, upstream: Tensor? = nil
  ) throws -> Tensor {
    let parts = try graph.gradient(
      of: output, withRespectTo: parameters.tensors, upstream: upstream)
    return try graph.concatenate(parts.map { try $0.reshape(to: [$0.count]) }, axis: 0)
  }
}
