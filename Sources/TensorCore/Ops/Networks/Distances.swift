/// Angles and distances between vectors.
enum Distances {
  static let operations: [Operation] = [cosine, pairwise, cdist]

  private static let axis = Parameter("axis", .axis, optional: true)
  private static let epsilon = Parameter("eps", .number, optional: true)

  private static let cosine = Operation(
    "cosine_similarity",
    "The cosine between x and y along an axis, the last by default; norms count as eps, 1e-8, "
      + "at least.", [.tensor("x"), .tensor("y"), axis, epsilon], domain: .none,
    body: .composite { arguments in
      let axis = try arguments.integer(2, default: -1)
      let eps = try arguments.number(3, default: 1e-8)
      return [try arguments.tensor(0).cosineSimilarity(arguments.tensor(1), axis, epsilon: eps)]
    })

  private static let pairwise = Operation(
    "pairwise_distance", "The p-norm of x - y + eps along the last axis; 2 and 1e-6.",
    [.tensor("x"), .tensor("y"), Parameter("p", .number, optional: true), epsilon],
    domain: .none,
    body: .composite { arguments in
      let gap = try arguments.tensor(0) - arguments.tensor(1)
      let moved = try gap + arguments.number(3, default: 1e-6)
      return [try moved.norm(arguments.number(2, default: 2), [-1])]
    })

  private static let cdist = Operation(
    "cdist", "The p-norm, 2, of the difference of each row of x [n, d] and of y [m, d].",
    [.tensor("x"), .tensor("y"), Parameter("p", .number, optional: true)], domain: .none,
    body: .composite { arguments in
      let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
      guard x.rank >= 2, y.rank >= 2, x.shape.dims.last == y.shape.dims.last else {
        throw TensorError(
          "cdist", "expected [..., n, d] and [..., m, d], got \(x.shape) and \(y.shape)")
      }
      let gap = try x.unsqueeze(-2) - y.unsqueeze(y.rank - 2)
      return [try gap.norm(arguments.number(2, default: 2), [-1])]
    })
}

extension Tensor {
  /// The cosine of the angle to `other` along a 0-based axis; norms count as at least
  /// `epsilon`.
  public func cosineSimilarity(
    _ other: Tensor, _ axis: Int = -1, epsilon: Double = 1e-8
  ) throws -> Tensor {
    let joint = try self * other
    let axes = [try joint.axis(axis, "cosine_similarity")]
    let target = joint.shape
    let mine = try expand(to: target).norm(2, axes).clamp(minimum: epsilon)
    let theirs = try other.expand(to: target).norm(2, axes).clamp(minimum: epsilon)
    return try joint.sum(axes) / (mine * theirs)
  }
}
