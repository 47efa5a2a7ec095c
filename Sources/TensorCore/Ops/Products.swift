/// Matrix products.
enum Products {
  static let matmul = OpID("batched_matmul")

  static let operations: [Operation] = [
    Operation(
      "batched_matmul", "Products of matrices; attributes: transpose x, transpose y.",
      [.tensor("x"), .tensor("y")], domain: .none, isPublic: false,
      body: .primitive(Primitive(.matmul, .rule(shapeRule), derivative: productRule)))
  ]

  private static let shapeRule: @Sendable (Primitive.Inputs) throws -> (Shape, DType) = {
    inputs in
    let (left, right) = (inputs.shapes[0], inputs.shapes[1])
    let rank = left.rank
    let (m, k) =
      inputs.attributes[0] == 0
      ? (left[rank - 2], left[rank - 1]) : (left[rank - 1], left[rank - 2])
    let (k2, n) =
      inputs.attributes[1] == 0
      ? (right[rank - 2], right[rank - 1]) : (right[rank - 1], right[rank - 2])
    precondition(k == k2 && left.rank == right.rank, "matmul checks its operands first")
    guard inputs.dtypes[0] == inputs.dtypes[1], inputs.dtypes[0].isFloating else {
      throw TensorError(
        "matmul",
        "expected floating-point operands of one type, got \(inputs.dtypes[0].name) "
          + "\(left) and \(inputs.dtypes[1].name) \(right)")
    }
    return (Shape(Array(left.dims.dropLast(2)) + [m, n]), inputs.dtypes[0])
  }

  /// For C = A B: dA = dC Bᵀ, dB = Aᵀ dC, with the transposes folded into the flags.
  private static let productRule: @Sendable (Chain) throws -> [Tensor?] = { chain in
    let (ta, tb) = (chain.attributes[0] == 1, chain.attributes[1] == 1)
    let (a, b, g) = (chain.x, chain.y, chain.upstream)
    let left = ta ? try b.product(g, tb, true) : try g.product(b, false, !tb)
    let right = tb ? try g.product(a, true, ta) : try a.product(g, !ta, false)
    return [left, right]
  }
}

extension Tensor {
  func product(_ other: Tensor, _ transposeLeft: Bool, _ transposeRight: Bool) throws -> Tensor {
    let flags = [transposeLeft ? 1 : 0, transposeRight ? 1 : 0]
    return Tensor(graph, try graph.emit(Products.matmul, id, other.id, attributes: flags))
  }

  /// The matrix product; vectors count as a row on the left and a column on the right, and
  /// leading axes broadcast.
  public func matmul(
    _ other: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false
  ) throws -> Tensor {
    guard rank > 0, other.rank > 0 else {
      throw TensorError("matmul", "expected vectors or matrices, got \(shape) and \(other.shape)")
    }
    let left = rank == 1 ? try reshape(to: [1, count]) : self
    let right = other.rank == 1 ? try other.reshape(to: [other.count, 1]) : other
    let inner = left.shape[left.rank - (transposeLeft ? 2 : 1)]
    guard inner == right.shape[right.rank - (transposeRight ? 1 : 2)] else {
      throw TensorError(
        "matmul",
        "inner extents of \(shape) and \(other.shape) differ"
          + (transposeLeft || transposeRight ? " (after transposing)" : ""))
    }
    var result = try left.multiplied(right, transposeLeft, transposeRight, self, other)
    var dims = result.shape.dims
    if other.rank == 1 { dims.removeLast() }
    if rank == 1 { dims.remove(at: dims.count - (other.rank == 1 ? 1 : 2)) }
    result = try result.reshape(to: Shape(dims))
    return result
  }

  private func multiplied(
    _ right: Tensor, _ transposeLeft: Bool, _ transposeRight: Bool, _ x: Tensor, _ y: Tensor
  ) throws -> Tensor {
    // One matrix on the right and plain rows on the left: a single product.
    if right.rank == 2 && rank > 2 && !transposeLeft {
      let rows = shape.dims.dropLast().reduce(1, *)
      let flat = try reshape(to: [rows, shape[rank - 1]])
      let result = try flat.product(right, false, transposeRight)
      return try result.reshape(to: Shape(shape.dims.dropLast() + [result.shape[1]]))
    }
    let leftBatch = Shape(Array(shape.dims.dropLast(2)))
    let rightBatch = Shape(Array(right.shape.dims.dropLast(2)))
    guard let batch = leftBatch.broadcast(with: rightBatch) else {
      throw TensorError(
        "matmul", "leading axes of \(x.shape) and \(y.shape) do not broadcast together")
    }
    let left = try expand(to: Shape(batch.dims + shape.dims.suffix(2)))
    let other = try right.expand(to: Shape(batch.dims + right.shape.dims.suffix(2)))
    return try left.product(other, transposeLeft, transposeRight)
  }
}
