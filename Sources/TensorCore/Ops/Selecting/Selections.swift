/// Taking elements by index. Scripts count indices from 1.
enum Selections {
  static let operations: [Operation] = [
    embedding, oneHot, indexSelect, gather, scatterAdd, scatter, indexAdd, take, maskedFill,
  ]

  private static let axis = Parameter("axis", .axis)

  private static let embedding = Operation(
    "embedding", "Rows of a table by index.", [.tensor("table"), .tensor("index")],
    domain: .none,
    body: .composite { [try $0.tensor(0).gatherRows($0.indices(1))] })

  private static let oneHot = Operation(
    "one_hot", "1 at the index, 0 elsewhere, along a new last axis; float32.",
    [.tensor("index"), Parameter("classes", .integer)], domain: .none,
    body: .composite { [try $0.indices(0).oneHot($0.integer(1))] })

  private static let indexSelect = Operation(
    "index_select", "Slices of an axis by index, a vector.",
    [.tensor("x"), axis, .tensor("index")], domain: .none,
    body: .composite { [try $0.tensor(0).indexSelect($0.integer(1), $0.indices(2))] })

  private static let gather = Operation(
    "gather", "Elements along an axis by index: of the shape of the index.",
    [.tensor("x"), axis, .tensor("index")], domain: .none,
    body: .composite { [try $0.tensor(0).gather($0.integer(1), $0.indices(2))] })

  private static let scatterAdd = Operation(
    "scatter_add", "x with the elements of source added along an axis at the index.",
    [.tensor("x"), axis, .tensor("index"), .tensor("source")], domain: .none,
    body: .composite { arguments in
      let (x, axis) = try (arguments.tensor(0), arguments.integer(1))
      return [try x.scatterAdd(axis, arguments.indices(2), arguments.tensor(3))]
    })

  private static let scatter = Operation(
    "scatter", "x with the elements of source put along an axis at the index, no index twice.",
    [.tensor("x"), axis, .tensor("index"), .tensor("source")], domain: .none,
    body: .composite { arguments in
      let (x, axis, index) = try (
        arguments.tensor(0), arguments.integer(1), arguments.indices(2)
      )
      let source = try x.adopting(arguments.tensor(3), index.shape)
      let zeros = try x.graph.full(x.shape, 0, x.dtype)
      let hits = try zeros.scatterAdd(axis, index, x.graph.full(index.shape, 1, x.dtype))
      let placed = try zeros.scatterAdd(axis, index, source)
      return [try hits.gt(0).where(placed, else: x)]
    })

  private static let indexAdd = Operation(
    "index_add", "x with the slices of source added to those of an axis at the index.",
    [.tensor("x"), axis, .tensor("index"), .tensor("source")], domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1), "index_add")
      let rows = try arguments.tensor(3).moving(axis, to: 0)
      let sum = try rows.scatterAddRows(arguments.indices(2), rows: x.shape[axis])
      return [try x + sum.moving(0, to: axis)]
    })

  private static let take = Operation(
    "take", "Elements of x, read as one row, by index.", [.tensor("x"), .tensor("index")],
    domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      return [try x.reshape(to: [x.count]).gatherRows(arguments.indices(1))]
    })

  private static let maskedFill = Operation(
    "masked_fill", "x, but the value where the mask holds.",
    [.tensor("x"), .tensor("mask"), .tensor("value")], domain: .none,
    body: .composite { arguments in
      let (x, mask) = try (arguments.tensor(0), arguments.tensor(1))
      return [try mask.where(arguments.tensor(2), else: x)]
    })
}

extension Arguments {
  /// Indices as this module counts them: scripts count from 1.
  func indices(_ index: Int) throws -> Tensor {
    let given = try tensor(index)
    guard given.dtype == .int64 else {
      throw TensorError(
        operation,
        "argument \(index + 1) must hold int64 indices, got \(given.dtype.name) "
          + "\(given.shape)")
    }
    return try given - 1
  }
}

extension Tensor {
  /// Rows of this table by 0-based index; of shape index + the rest of the table.
  public func embedding(_ index: Tensor) throws -> Tensor { try gatherRows(index) }

  /// 1 at each of these 0-based indices, 0 elsewhere, along a new last axis.
  public func oneHot(_ classes: Int, _ dtype: DType = .float32) throws -> Tensor {
    try unsqueeze(-1).eq(graph.iota(classes)).cast(to: dtype)
  }

  /// Slices of a 0-based axis by a vector of 0-based indices.
  public func indexSelect(_ axis: Int, _ index: Tensor) throws -> Tensor {
    let axis = try self.axis(axis, "index_select")
    guard index.rank == 1 else {
      throw TensorError("index_select", "expected a vector of indices, got \(index.shape)")
    }
    return try moving(axis, to: 0).gatherRows(index).moving(0, to: axis)
  }

  /// Elements along a 0-based axis by 0-based index; other axes of the index may be shorter.
  public func gather(_ axis: Int, _ index: Tensor) throws -> Tensor {
    let axis = try self.axis(axis, "gather")
    try requireInside(index, axis, "gather")
    var source = self
    for other in 0..<rank where other != axis && index.shape[other] < shape[other] {
      source = try source.slice(other, start: 0, count: index.shape[other])
    }
    let last = rank - 1
    return try source.moving(axis, to: last).gatherAlong(index.moving(axis, to: last))
      .moving(last, to: axis)
  }

  /// This tensor with `source` added along a 0-based axis at 0-based indices.
  public func scatterAdd(_ axis: Int, _ index: Tensor, _ source: Tensor) throws -> Tensor {
    let axis = try self.axis(axis, "scatter_add")
    try requireInside(index, axis, "scatter_add")
    guard source.rank == rank,
      zip(index.shape.dims, source.shape.dims).allSatisfy({ $0 <= $1 })
    else {
      throw TensorError(
        "scatter_add", "the index \(index.shape) does not fit into the source \(source.shape)")
    }
    var part = source
    for other in 0..<rank where index.shape[other] < part.shape[other] {
      part = try part.slice(other, start: 0, count: index.shape[other])
    }
    let last = rank - 1
    let sum = try part.moving(axis, to: last)
      .scatterAddAlong(index.moving(axis, to: last), extent: shape[axis])
      .moving(last, to: axis)
    let after = zip(shape.dims, sum.shape.dims).map { $0 - $1 }
    return try self + sum.pad(before: [Int](repeating: 0, count: rank), after: after)
  }

  private func requireInside(_ index: Tensor, _ axis: Int, _ operation: String) throws {
    let fits =
      index.rank == rank
      && (0..<rank).allSatisfy { $0 == axis || index.shape[$0] <= shape[$0] }
    guard fits else {
      throw TensorError(
        operation,
        "the index \(index.shape) must have the rank of \(shape) and be no longer "
          + "but along axis \(axis + 1)")
    }
  }

  /// A 0-based axis moved to another place, the others keeping their order.
  public func moving(_ axis: Int, to place: Int) throws -> Tensor {
    let (from, target) = try (self.axis(axis, "movedim"), self.axis(place, "movedim"))
    if from == target { return self }
    var order = Array(0..<rank)
    order.remove(at: from)
    order.insert(from, at: target)
    return try permute(order)
  }

  /// `other` in this tensor's type if it is a script's number, repeated to `target`.
  func adopting(_ other: Tensor, _ target: Shape) throws -> Tensor {
    let isWeak = graph.nodes[Int(other.id)].flags.contains(.weak)
    let typed = isWeak ? try other + graph.scalar(0, dtype) : other
    return try typed.expand(to: target)
  }
}
