/// Sums and extremes over groups of rows: row i belongs to segment[i], counted from 1.
enum Segments {
  static let operations: [Operation] = [sum, mean, max, min, logSumExp, bincount]

  private static func over(
    _ name: String, _ summary: String,
    _ body: @escaping @Sendable (Tensor, Tensor, Int) throws -> Tensor
  ) -> Operation {
    Operation(
      name, summary,
      [.tensor("x"), .tensor("segment"), Parameter("segments", .integer)], domain: .none,
      body: .composite { arguments in
        let (x, segment) = try (arguments.tensor(0), arguments.indices(1))
        guard segment.rank == 1, x.rank > 0, x.shape[0] == segment.shape[0] else {
          throw TensorError(
            name, "segment \(segment.shape) must hold one number for each row of \(x.shape)")
        }
        return [try body(x, segment, arguments.integer(2))]
      })
  }

  private static let sum = over("segment_sum", "The sum of the rows of each segment.") {
    try $0.scatterAddRows($1, rows: $2)
  }

  private static let mean = over(
    "segment_mean", "The mean of the rows of each segment, 0 for an empty one."
  ) { x, segment, count in
    let sizes = try x.segmentSizes(segment, count).clamp(minimum: 1)
    let column = [count] + [Int](repeating: 1, count: x.rank - 1)
    return try x.scatterAddRows(segment, rows: count) / sizes.reshape(to: Shape(column))
  }

  private static let max = over(
    "segment_max", "The largest of each segment, -inf for an empty one; ties share evenly."
  ) { try $0.segmentExtreme($1, $2, largest: true) }

  private static let min = over(
    "segment_min", "The smallest of each segment, inf for an empty one; ties share evenly."
  ) { try $0.segmentExtreme($1, $2, largest: false) }

  private static let logSumExp = over(
    "segment_logsumexp", "log of the sum of e to the x of each segment, -inf for an empty one."
  ) { x, segment, count in
    let largest = try x.segmentExtreme(segment, count, largest: true).stopGradient()
    let shift = try largest.isFinite().where(largest, else: largest.like(0))
    let powers = try (x - shift.gatherRows(segment)).exp()
    let total = try powers.scatterAddRows(segment, rows: count)
    let isEmpty = try total.eq(0)
    let log = try isEmpty.where(total.like(1), else: total).log() + shift
    return try isEmpty.where(total.like(-.infinity), else: log)
  }

  private static let bincount = Operation(
    "bincount", "How often each of 1, 2, ... occurs, int64.",
    [.tensor("index"), Parameter("bins", .integer)], domain: .none,
    body: .composite { arguments in
      let index = try arguments.indices(0)
      let ones = try index.graph.full([index.count], 1, .int64)
      return [
        try ones.scatterAddRows(index.reshape(to: [index.count]), rows: arguments.integer(1))
      ]
    })
}

extension Tensor {
  fileprivate func segmentSizes(_ segment: Tensor, _ count: Int) throws -> Tensor {
    try graph.full(segment.shape, 1, dtype).scatterAddRows(segment, rows: count)
  }

  /// Reduces a table of segments by rows that is never stored: the reduction reads it on the
  /// fly.
  fileprivate func segmentExtreme(
    _ segment: Tensor, _ count: Int, largest: Bool
  ) throws -> Tensor {
    let column = [count] + [Int](repeating: 1, count: rank)
    let row = [1, shape[0]] + [Int](repeating: 1, count: rank - 1)
    let belongs = try graph.iota(count).reshape(to: Shape(column))
      .eq(segment.reshape(to: Shape(row)))
    let neutral = like(largest ? -.infinity : .infinity)
    let table = try belongs.where(unsqueeze(0), else: neutral)
    return largest ? try table.maximum([1]) : try table.minimum([1])
  }
}
