import TensorCore

/// What modules need while a computation is built: the parameters, and where noise comes from.
public struct ForwardPass {
  /// The parameters that modules look theirs up in.
  public let parameters: Parameters
  /// Where dropout draws its numbers; nil switches all dropout off.
  public let dropout: DropoutNoise?

  /// A pass over some parameters; without dropout unless told otherwise.
  public init(_ parameters: Parameters, dropout: DropoutNoise? = nil) {
    self.parameters = parameters
    self.dropout = dropout
  }

  /// The tensor of a declared parameter.
  public subscript(parameter: Parameter) -> Tensor { parameters[parameter] }
}

/// The random numbers of the dropout of one computation.
///
/// Every place that draws has a number of its own, in the order the computation is built, so the
/// noise depends on the stream, the place, the step and the element alone.
public final class DropoutNoise {
  private let key: UInt64
  private let step: Tensor
  private var sites = 0

  /// Noise of a stream.
  ///
  /// - Parameters:
  ///   - stream: whose next word becomes the key.
  ///   - step: the step, a 0-d tensor; other noise at every step.
  public init(_ stream: RandomStream, step: Tensor) {
    var stream = stream
    key = stream.nextUInt64()
    self.step = step
  }

  /// Uniform numbers in [0, 1) of a place of their own.
  func uniform(_ shape: Shape, _ dtype: DType) throws -> Tensor {
    sites += 1
    return try step.graph.random(
      shape, normal: false, dtype, key: key, site: sites, step: step)
  }
}
