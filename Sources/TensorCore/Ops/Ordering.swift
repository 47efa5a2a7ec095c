/// Sorting, choosing and scanning along the last axis.
enum Ordering {
  static let argsort = OpID("argsort_last")
  static let argmax = OpID("argmax_last")
  static let argmin = OpID("argmin_last")
  static let cumulativeArgmax = OpID("cumulative_argmax")
  static let linearScan = OpID("linear_scan_last")
  static let cumulativeSum = OpID("cumulative_sum")

  static let operations: [Operation] = [
    Indexing.inner(
      "argsort_last", "Stable order of the last axis, NaN last; attribute: descending.", ["x"],
      .argsort
    ) { ($0.shapes[0], .int64) },
    Indexing.inner("argmax_last", "First index of the largest along the last axis.", ["x"], .argmax)
    {
      (Shape(Array($0.shapes[0].dims.dropLast())), .int64)
    },
    Indexing.inner(
      "argmin_last", "First index of the smallest along the last axis.", ["x"], .argmin
    ) { (Shape(Array($0.shapes[0].dims.dropLast())), .int64) },
    Indexing.inner(
      "cumulative_argmax", "Index of the running maximum of the last axis.", ["x"],
      .cumulativeArgmax
    ) { ($0.shapes[0], .int64) },
    Indexing.inner(
      "linear_scan_last", "h[t] = x[t] h[t-1] + y[t] along the last axis; attribute: from the end.",
      ["x", "y"], .linearScan, result: { ($0.shapes[1], $0.dtypes[1]) },
      derivative: linearScanRule),
    Indexing.inner(
      "cumulative_sum", "Running sum of the last axis; attribute: from the end.", ["x"],
      .linearScan, result: { ($0.shapes[0], $0.dtypes[0]) },
      derivative: { [try $0.upstream.cumulativeSum(reverse: $0.attributes[0] == 0)] }),
  ]

  /// With s the scan of the upstream against x moved one step, run the other way:
  /// dL/dy = s and dL/dx[t] = s[t] h[t-1].
  private static let linearScanRule: @Sendable (Chain) throws -> [Tensor?] = { chain in
    let reverse = chain.attributes[0] == 1
    let ahead = try chain.x.shifted(by: reverse ? 1 : -1)
    let carried = try ahead.linearScan(chain.upstream, reverse: !reverse)
    let previous = try chain.output.shifted(by: reverse ? -1 : 1)
    return [try carried * previous, carried]
  }
}

extension Tensor {
  /// Stable order of the last axis as 0-based indices; NaN last.
  public func argsort(descending: Bool = false) throws -> Tensor {
    guard rank > 0 else { throw TensorError("argsort", "a single number has no order") }
    return Tensor(
      graph, try graph.emit(Ordering.argsort, id, attributes: [descending ? 1 : 0]))
  }

  /// Running sum of the last axis.
  public func cumulativeSum(reverse: Bool = false) throws -> Tensor {
    guard rank > 0 else { throw TensorError("cumsum", "a single number has no axis") }
    return Tensor(
      graph, try graph.emit(Ordering.cumulativeSum, id, attributes: [reverse ? 1 : 0]))
  }

  /// h[t] = self[t] h[t-1] + b[t] along the last axis, h before the first element being zero.
  public func linearScan(_ b: Tensor, reverse: Bool = false) throws -> Tensor {
    guard shape == b.shape, rank > 0, dtype == b.dtype else {
      throw TensorError(
        "linear_scan", "\(dtype.name) \(shape) and \(b.dtype.name) \(b.shape) must be alike")
    }
    return Tensor(
      graph, try graph.emit(Ordering.linearScan, id, b.id, attributes: [reverse ? 1 : 0]))
  }

  /// Elements moved along the last axis by `steps`, zeros coming in.
  func shifted(by steps: Int) throws -> Tensor {
    let (axis, extent) = (rank - 1, shape[rank - 1])
    let kept = max(0, extent - Int(steps.magnitude))
    var before = [Int](repeating: 0, count: rank)
    var after = before
    before[axis] = steps > 0 ? extent - kept : 0
    after[axis] = steps < 0 ? extent - kept : 0
    return try slice(axis, start: steps < 0 ? extent - kept : 0, count: kept)
      .pad(before: before, after: after)
  }

  /// Running product of the last axis, by a scan that needs no division.
  func cumulativeProduct(reverse: Bool = false) throws -> Tensor {
    let isFirst = try firstOfScan(reverse)
    let factors = try isFirst.where(like(0), else: self)
    return try factors.linearScan(isFirst.where(self, else: like(0)), reverse: reverse)
  }

  /// Along the last axis, the product of all other elements.
  func productOfOthers() throws -> Tensor {
    let before = try cumulativeProduct().shifted(by: 1)
    let after = try cumulativeProduct(reverse: true).shifted(by: -1)
    let left = try firstOfScan(false).where(like(1), else: before)
    return try left * firstOfScan(true).where(like(1), else: after)
  }

  /// Which element of the last axis a scan visits first.
  private func firstOfScan(_ reverse: Bool) throws -> Tensor {
    let extent = shape[rank - 1]
    let first = graph.scalar(Double(reverse ? extent - 1 : 0), .int64)
    return try graph.iota(extent).eq(first)
  }
}
