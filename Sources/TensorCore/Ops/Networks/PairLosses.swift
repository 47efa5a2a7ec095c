/// Losses of rankings and embeddings. Per example unless a reduction is asked for.
enum PairLosses {
  static let operations: [Operation] = [
    margin, hingeEmbedding, softMargin, cosineEmbedding, triplet,
  ]

  private static let width = Parameter("margin", .tensor, optional: true)
  private static let reduction = RegressionLosses.reduction

  private static let margin = Operation(
    "margin_ranking_loss", "max(0, -z (x - y) + margin) for z = 1 or -1; the margin is 0.",
    [.tensor("x"), .tensor("y"), .tensor("z"), width, reduction], domain: .none,
    body: .composite { arguments in
      let gap = try arguments.tensor(0) - arguments.tensor(1)
      let loss = try (arguments.scalar(3, default: 0) - arguments.tensor(2) * gap).relu()
      return [try arguments.reduce(loss, 4)]
    })

  private static let hingeEmbedding = Operation(
    "hinge_embedding_loss", "x where y is 1, max(0, margin - x) where it is -1; the margin is 1.",
    [.tensor("x"), .tensor("y"), width, reduction], domain: .none,
    body: .composite { arguments in
      let (x, y) = try (arguments.tensor(0), arguments.tensor(1))
      let hinge = try (arguments.scalar(2, default: 1) - x).relu()
      return [try arguments.reduce(y.eq(1).where(x, else: hinge), 3)]
    })

  private static let softMargin = Operation(
    "soft_margin_loss", "log(1 + e to the -x y) for y = 1 or -1.",
    [.tensor("x"), .tensor("y"), reduction], domain: .none,
    body: .composite { arguments in
      let loss = try (-(arguments.tensor(0) * arguments.tensor(1))).softplus()
      return [try arguments.reduce(loss, 2)]
    })

  private static let cosineEmbedding = Operation(
    "cosine_embedding_loss",
    "1 - cos(x, y) where z is 1, max(0, cos(x, y) - margin) where it is -1; the margin is 0.",
    [.tensor("x"), .tensor("y"), .tensor("z"), width, reduction], domain: .none,
    body: .composite { arguments in
      let cosine = try arguments.tensor(0).cosineSimilarity(arguments.tensor(1))
      let apart = try (cosine - arguments.scalar(3, default: 0)).relu()
      let loss = try arguments.tensor(2).eq(1).where(1 - cosine, else: apart)
      return [try arguments.reduce(loss, 4)]
    })

  private static let triplet = Operation(
    "triplet_margin_loss", "max(0, |x - y| - |x - z| + margin) along the last axis; it is 1.",
    [
      .tensor("x"), .tensor("y"), .tensor("z"), width, Parameter("p", .number, optional: true),
      reduction,
    ], domain: .none,
    body: .composite { arguments in
      let (x, p) = try (arguments.tensor(0), arguments.number(4, default: 2))
      let near = try (x - arguments.tensor(1) + 1e-6).norm(p, [-1])
      let far = try (x - arguments.tensor(2) + 1e-6).norm(p, [-1])
      let loss = try (near - far + arguments.scalar(3, default: 1)).relu()
      return [try arguments.reduce(loss, 5)]
    })
}
