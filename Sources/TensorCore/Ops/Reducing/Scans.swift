/// Running sums and their like along an axis; a flag runs them from the end.
enum Scans {
  static let operations: [Operation] = [
    cumsum, cumprod, cummax, cummin, logcumsumexp, linearScan, diff,
  ]

  private static let axis = Parameter("axis", .axis)
  private static let reverse = Parameter("reverse", .flag, optional: true)

  private static func scan(
    _ name: String, _ summary: String, results: String = "",
    _ body: @escaping @Sendable (Tensor, Bool) throws -> [Tensor]
  ) -> Operation {
    Operation(
      name, summary, [.tensor("x"), axis, reverse], domain: .none,
      spelling: .function(name, of: 2, torch: "torch.\(name)(#1, dim=#2)\(results)"),
      body: .composite { arguments in
        let x = try arguments.tensor(0)
        let axis = try x.axis(arguments.integer(1), name)
        let last = x.rank - 1
        let parts = try body(x.moving(axis, to: last), arguments.flag(2))
        return try parts.map { try $0.moving(last, to: axis) }
      })
  }

  private static let cumsum = scan("cumsum", "The running sum.") {
    [try $0.cumulativeSum(reverse: $1)]
  }

  private static let cumprod = scan("cumprod", "The running product.") {
    [try $0.cumulativeProduct(reverse: $1)]
  }

  private static let cummax = scan(
    "cummax", "The running maximum and its latest place, which gets the derivative."
  ) { x, reverse in
    let places = try x.cumulativeArgmax(reverse)
    return [try x.gatherAlong(places), try places + 1]
  }

  private static let cummin = scan(
    "cummin", "The running minimum and its latest place, which gets the derivative."
  ) { x, reverse in
    let places = try (-x).cumulativeArgmax(reverse)
    return [try x.gatherAlong(places), try places + 1]
  }

  private static let logcumsumexp = scan(
    "logcumsumexp", "log of the running sum of e to the x, stable."
  ) { [try $0.logCumulativeSumExp($1)] }

  private static let linearScan = Operation(
    "linear_scan", "h[t] = x[t] h[t-1] + y[t] along an axis, h starting at 0.",
    [.tensor("x"), .tensor("y"), axis, reverse], domain: .none,
    body: .composite { arguments in
      let (first, second) = try (arguments.tensor(0), arguments.tensor(1))
      guard let joint = first.shape.broadcast(with: second.shape) else {
        throw TensorError(
          "linear_scan",
          "shapes \(first.shape) and \(second.shape) do not broadcast together")
      }
      let y = try first.adopting(second, joint)
      let x = try y.adopting(first, joint)
      let axis = try y.axis(arguments.integer(2), "linear_scan")
      let last = y.rank - 1
      let result = try x.moving(axis, to: last)
        .linearScan(y.moving(axis, to: last), reverse: arguments.flag(3))
      return [try result.moving(last, to: axis)]
    })

  private static let diff = Operation(
    "diff", "Each element less the one before it along an axis, the last by default.",
    [.tensor("x"), Parameter("axis", .axis, optional: true)], domain: .none,
    spelling: .function("diff", of: 1),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1, default: -1), "diff")
      let count = max(0, x.shape[axis] - 1)
      let later = try x.slice(axis, start: min(1, x.shape[axis]), count: count)
      return [try later - x.slice(axis, start: 0, count: count)]
    })
}

extension Tensor {
  /// The 0-based place of the latest running maximum of the last axis.
  fileprivate func cumulativeArgmax(_ reverse: Bool) throws -> Tensor {
    guard rank > 0 else { throw TensorError("cummax", "a single number has no axis") }
    guard reverse else { return Tensor(graph, try graph.emit(Ordering.cumulativeArgmax, id)) }
    let extent = shape[rank - 1]
    let flipped = try flip(rank - 1)
    let places = Tensor(graph, try graph.emit(Ordering.cumulativeArgmax, flipped.id))
    return try (graph.scalar(Double(extent - 1), .int64) - places).flip(rank - 1)
  }

  /// log of the running sum of exponentials of the last axis: the sums are kept relative to
  /// the running maximum, which the result does not depend on.
  fileprivate func logCumulativeSumExp(_ reverse: Bool) throws -> Tensor {
    if reverse { return try flip(rank - 1).logCumulativeSumExp(false).flip(rank - 1) }
    guard count > 0 else { return self }
    let places = try cumulativeArgmax(false)
    let running = try gatherAlong(places).stopGradient()
    let largest = try running.isFinite().where(running, else: running.like(0))
    let extent = shape[rank - 1]
    let first = try largest.slice(rank - 1, start: 0, count: 1)
    let rest = try largest.slice(rank - 1, start: 0, count: extent - 1)
    let previous = try graph.concatenate([first, rest], axis: rank - 1)
    let decay = try (previous - largest).clamp(maximum: 0).exp()
    let sums = try decay.linearScan((self - largest).exp())
    return try sums.log() + largest
  }
}
