import TensorCore

/// A point at which a function of tensors is differentiated, in double precision.
public struct Point: Sendable {
  public var shape: Shape
  public var values: [Double]

  public init(_ shape: Shape, _ values: [Double]) {
    self.shape = shape
    self.values = values
  }

  /// The tensor holding the numbers.
  public func tensor(in graph: Graph) throws -> Tensor {
    try graph.tensor(values, shape: shape)
  }
}

/// Derivatives against central differences, in double precision.
public struct GradientCheck {
  /// Half the distance between the two points of a difference, relative to the coordinate.
  public var step = 1e-5
  public var tolerance = Tolerance.differences
  /// Weights the elements of the function's result, so that none is overlooked.
  public var seed: UInt64 = 7

  public init() {}

  /// A function from tensors to one tensor of floating-point numbers.
  public typealias Function = ([Tensor]) throws -> Tensor

  /// Compares the gradient of `function` with differences.
  ///
  /// - Returns: A description of the first operand whose gradient differs, or nil.
  /// - Throws: Whatever building or computing throws.
  public func mismatch(of function: Function, at points: [Point]) throws -> String? {
    let analytic = try gradients(of: function, at: points)
    for operand in points.indices {
      let numeric = try differences(of: function, at: points, operand)
      if let difference = difference(analytic[operand], numeric, tolerance) {
        return "operand \(operand + 1) \(difference)"
      }
    }
    return nil
  }

  /// As `mismatch`, of the function's gradient: its second derivatives.
  ///
  /// - Returns: A description of the first operand whose gradient differs, or nil.
  /// - Throws: Whatever building or computing throws.
  public func secondMismatch(of function: @escaping Function, at points: [Point]) throws -> String?
  {
    for operand in points.indices {
      let slope: Function = { inputs in
        let graph = inputs[0].graph
        let loss = try weighted(function(inputs))
        let parts = try graph.gradient(of: loss, withRespectTo: [inputs[operand]])
        return parts[0]
      }
      if let difference = try mismatch(of: slope, at: points) {
        return "gradient of operand \(operand + 1) by \(difference)"
      }
    }
    return nil
  }

  /// The gradients of the weighted sum of the function's elements.
  ///
  /// - Returns: One list a point.
  /// - Throws: Whatever building or computing throws.
  public func gradients(of function: Function, at points: [Point]) throws -> [[Double]] {
    let graph = Graph()
    let inputs = try points.map { try $0.tensor(in: graph) }
    let loss = try weighted(function(inputs))
    let parts = try graph.gradient(of: loss, withRespectTo: inputs)
    let handles = parts.map(Handle.init)
    return try handles.map { try $0.tensor.doubles() }
  }

  private func differences(
    of function: Function, at points: [Point], _ operand: Int
  ) throws -> [Double] {
    try points[operand].values.indices.map { place in
      let width = step * max(1, points[operand].values[place].magnitude)
      var (above, below) = (points, points)
      above[operand].values[place] += width
      below[operand].values[place] -= width
      let distance = above[operand].values[place] - below[operand].values[place]
      return try (value(of: function, at: above) - value(of: function, at: below)) / distance
    }
  }

  private func value(of function: Function, at points: [Point]) throws -> Double {
    let graph = Graph()
    let inputs = try points.map { try $0.tensor(in: graph) }
    return try weighted(function(inputs)).item()
  }

  private func weighted(_ output: Tensor) throws -> Tensor {
    var numbers = SeededNumbers(seed)
    let weights = numbers.uniforms(output.count, 0.5, 1.5)
    return try (output * output.graph.tensor(weights, shape: output.shape)).sum()
  }
}
