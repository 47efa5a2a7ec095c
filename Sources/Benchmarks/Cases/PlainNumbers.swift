import TensorCore

/// Made-up numbers in leaves, the same each time.
final class PlainNumbers {
  private let graph: Graph
  private var state: UInt64 = 0x2545_F491_4F6C_DD1D

  init(_ graph: Graph) {
    self.graph = graph
  }

  private func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }

  /// Evenly spread in [-1, 1).
  func floats(_ shape: Shape) throws -> Handle {
    Handle(
      try graph.tensor(
        (0..<shape.count).map { _ in Float(next() % 20_000) / 10_000 - 1 }, shape: shape))
  }

  /// 0-based.
  func indices(_ shape: Shape, below limit: Int) throws -> Handle {
    Handle(
      try graph.tensor((0..<shape.count).map { _ in Int64(next()) % Int64(limit) }, shape: shape))
  }
}
