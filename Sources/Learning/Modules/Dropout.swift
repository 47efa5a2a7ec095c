import TensorCore

/// Sets elements to zero at random and scales the others so that the mean stays.
public struct Dropout: Sendable {
  /// The share of elements set to zero, 0 to below 1.
  public let rate: Double

  /// - Throws: `LearningError` for a rate outside 0 ..< 1.
  public init(rate: Double) throws {
    guard rate >= 0, rate < 1 else {
      throw LearningError("dropout", "the rate is \(rate), expected 0 to below 1")
    }
    self.rate = rate
  }

  /// The input with noise, of its shape; the input itself when the pass has dropout off.
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws -> Tensor {
    guard rate > 0, let noise = pass.dropout else { return x }
    let drawn = try noise.uniform(x.shape, x.dtype)
    return try drawn.lt(rate).where(x.like(0), else: x * (1 / (1 - rate)))
  }
}
