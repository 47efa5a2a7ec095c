import Foundation
import TensorCore

/// Rotations that tell attention where tokens stand (Su et al. 2021), halves paired as in Hugging
/// Face's Llama: element i turns with element i + width / 2 by position / theta^(2 i / width).
public final class RotaryEmbedding {
  private let cosines: Handle
  private let sines: Handle
  private let half: Int
  /// Positions in the tables.
  public let length: Int

  /// Tables of the rotations, computed in float64.
  ///
  /// - Parameters:
  ///   - graph: where the tables live.
  ///   - length: positions.
  ///   - width: of a head; even.
  ///   - theta: base of the wavelengths.
  ///   - dtype: float32 or float64.
  /// - Throws: `LearningError` for an odd width.
  public init(
    _ graph: Graph, length: Int, width: Int, theta: Double = 10_000, _ dtype: DType = .float32
  ) throws {
    guard width % 2 == 0 else {
      throw LearningError("rotary", "the width of a head is \(width), expected an even number")
    }
    let half = width / 2
    var (cosines, sines): ([Double], [Double]) = ([], [])
    for position in 0..<length {
      let angles = (0..<half).map {
        Double(position) / pow(theta, 2 * Double($0) / Double(width))
      }
      cosines += angles.map { cos($0) }
      sines += angles.map { -sin($0) } + angles.map { sin($0) }
    }
    self.half = half
    self.length = length
    self.cosines = Handle(
      try RotaryEmbedding.leaf(graph, cosines, [length, 1, 1, half], dtype))
    self.sines = Handle(try RotaryEmbedding.leaf(graph, sines, [length, 1, 2, half], dtype))
  }

  private static func leaf(
    _ graph: Graph, _ values: [Double], _ shape: Shape, _ dtype: DType
  ) throws -> Tensor {
    dtype == .float32
      ? try graph.tensor(values.map(Float.init), shape: shape)
      : try graph.tensor(values, shape: shape)
  }

  /// Turns the heads of tokens at positions 0, 1, ...
  ///
  /// - Parameter x: `[batch, tokens, heads, width]`.
  /// - Returns: the same shape.
  /// - Throws: `LearningError` for more tokens than positions.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let tokens = x.shape[1]
    guard tokens <= length else {
      throw LearningError("rotary", "\(tokens) tokens do not fit \(length) positions")
    }
    return try turn(
      x, cosines.tensor.slice(0, start: 0, count: tokens),
      sines.tensor.slice(0, start: 0, count: tokens))
  }

  /// Turns the heads of tokens that all stand at one position.
  ///
  /// - Parameters:
  ///   - x: `[batch, 1, heads, width]`.
  ///   - position: 0-based, int64 of shape `[1]`.
  /// - Returns: the same shape.
  /// - Throws: `TensorError` where shapes or types do not fit.
  public func callAsFunction(_ x: Tensor, at position: Tensor) throws -> Tensor {
    try turn(x, cosines.tensor.gatherRows(position), sines.tensor.gatherRows(position))
  }

  /// With (a, b) the halves: (a cos - b sin, b cos + a sin), as one elementwise pass.
  private func turn(_ x: Tensor, _ cosines: Tensor, _ sines: Tensor) throws -> Tensor {
    let halves = try x.reshape(to: Shape(x.shape.dims.dropLast() + [2, half]))
    let turned = try halves * cosines + halves.flip(-2) * sines
    return try turned.reshape(to: x.shape)
  }
}
