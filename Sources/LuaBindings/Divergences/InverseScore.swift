import TensorCore

/// The inverse of a divergence's score, where its file gives none in closed form.
///
/// The score rises with the log-ratio, as f is convex; bisection finds where it has a value, and
/// one step of Newton, whose slope is taken as constant, gives the result its derivative. All of
/// it is part of the graph, so it can be recorded and differentiated once.
enum InverseScore {
  /// Log-ratios that are looked at: up to this far from 0.
  static func limit(_ dtype: DType) -> Double { dtype == .float64 ? 700 : 80 }

  /// - Parameters:
  ///   - target: scores of any shape; those out of reach give the limit.
  ///   - graph: where the computation is built.
  ///   - score: increasing, elementwise.
  /// - Returns: log-ratios of the shape of `target`.
  /// - Throws: whatever `score` throws.
  static func solve(
    _ target: Tensor, _ graph: Graph, _ score: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let limit = limit(target.dtype)
    let fixed = try target.stopGradient()
    var low = try graph.full(target.shape, -limit, target.dtype)
    var high = try graph.full(target.shape, limit, target.dtype)
    for _ in 0..<(target.dtype == .float64 ? 62 : 34) {
      let middle = try (low + high) * 0.5
      let isAbove = try score(middle).gt(fixed)
      (low, high) = (try isAbove.where(low, else: middle), try isAbove.where(middle, else: high))
    }
    let root = try ((low + high) * 0.5).stopGradient()
    let isNew = graph.track(root)
    defer { if isNew { graph.untrack(root) } }
    let value = try score(root)
    let ones = try graph.full(value.shape, 1, value.dtype)
    let slope = try graph.gradient(of: value, withRespectTo: [root], upstream: ones)[0]
    let isFlat = try slope.abs().lt(1e-30)
    let step = try (target - value.stopGradient()) / isFlat.where(slope * 0 + 1, else: slope)
    let isOut = try root.abs().gt(0.999 * limit)
    let kept = try isOut.where(step * 0, else: isFlat.where(step * 0, else: step))
    return try root.stopGradient() + kept
  }
}
