/// Primitives that move elements by index. Indices are int64 and 0-based here.
enum Indexing {
  static let iota = OpID("iota")
  static let pad = OpID("pad_constant")
  static let concatenate = OpID("concatenate")
  static let gatherRows = OpID("gather_rows")
  static let scatterAddRows = OpID("scatter_add_rows")
  static let gatherAlong = OpID("gather_along")
  static let scatterAddAlong = OpID("scatter_add_along")
  static let replaceRow = OpID("replace_row")

  static let operations: [Operation] = [
    inner("iota", "0, 1, ... ; attribute: how many.", [], .iota) {
      (Shape([$0.attributes[0]]), .int64)
    },
    inner(
      "pad_constant", "x within a frame of the payload; attributes: before, after of each axis.",
      ["x"], .pad,
      result: { inputs in
        let frame = inputs.attributes
        let dims = inputs.shapes[0].dims.enumerated().map {
          $1 + frame[2 * $0] + frame[2 * $0 + 1]
        }
        return (Shape(dims), inputs.dtypes[0])
      },
      derivative: { chain in
        var part = chain.upstream
        for axis in 0..<chain.x.rank {
          part = try part.slice(
            axis, start: chain.attributes[2 * axis], count: chain.x.shape[axis])
        }
        return [part]
      }),
    inner(
      "concatenate", "Two to four tensors end to end; attribute: the axis.", ["x", "y"],
      .concatenate, result: concatenated,
      derivative: { chain in
        var start = 0
        return try chain.inputs.map { input in
          let extent = input.shape[chain.attributes[0]]
          defer { start += extent }
          return try chain.upstream.slice(chain.attributes[0], start: start, count: extent)
        }
      }),
    inner(
      "gather_rows", "Rows of a table by index: result[i, ...] = x[index[i], ...].",
      ["x", "index"], .gatherRows,
      result: { (Shape($0.shapes[1].dims + $0.shapes[0].dims.dropFirst()), $0.dtypes[0]) },
      derivative: { [try $0.upstream.scatterAddRows($0.y, rows: $0.x.shape[0]), nil] }),
    inner(
      "scatter_add_rows",
      "Adds rows into zeros: result[index[i], ...] += x[i, ...]; "
        + "attribute: rows of the result.", ["x", "index"], .scatterAddRows,
      result: { inputs in
        let rest = inputs.shapes[0].dims.dropFirst(inputs.shapes[1].rank)
        return (Shape([inputs.attributes[0]] + rest), inputs.dtypes[0])
      },
      derivative: { [try $0.upstream.gatherRows($0.y), nil] }),
    inner(
      "gather_along", "Elements of the last axis by index: result[..., k] = x[..., index[..., k]].",
      ["x", "index"], .gatherAlong, result: { ($0.shapes[1], $0.dtypes[0]) },
      derivative: {
        [try $0.upstream.scatterAddAlong($0.y, extent: $0.x.shape[$0.x.rank - 1]), nil]
      }
    ),
    inner(
      "scatter_add_along",
      "Adds into zeros along the last axis: "
        + "result[..., index[..., k]] += x[..., k]; attribute: extent of the last axis.",
      ["x", "index"], .scatterAddAlong,
      result: { (Shape($0.shapes[0].dims.dropLast() + [$0.attributes[0]]), $0.dtypes[0]) },
      derivative: { [try $0.upstream.gatherAlong($0.y), nil] }),
    inner(
      "replace_row",
      "x with its slice at an index of an axis replaced by row, which has extent one there; "
        + "attribute: the axis.", ["x", "row", "index"], .replaceRow,
      result: { ($0.shapes[0], $0.dtypes[0]) },
      derivative: { chain in
        let (axis, g) = (chain.attributes[0], chain.upstream)
        var dims = [Int](repeating: 1, count: chain.x.rank)
        dims[axis] = chain.x.shape[axis]
        let isHere = try g.graph.iota(dims[axis]).eq(chain.z).reshape(to: Shape(dims))
        let row = try isHere.where(g, else: g.like(0)).sum([axis], keepingAxes: true)
        return [try isHere.where(g.like(0), else: g), row, nil]
      }),
  ]

  /// A primitive with a named kernel, reached by scripts through a composite.
  static func inner(
    _ name: String, _ summary: String, _ parameters: [String], _ kind: KernelKind,
    result: @escaping @Sendable (Primitive.Inputs) throws -> (Shape, DType),
    derivative: (@Sendable (Chain) throws -> [Tensor?])? = nil
  ) -> Operation {
    Operation(
      name, summary, parameters.map(Parameter.tensor), domain: .none, isPublic: false,
      body: .primitive(Primitive(.kernel(kind), .rule(result), derivative: derivative)))
  }

  private static let concatenated: @Sendable (Primitive.Inputs) throws -> (Shape, DType) = {
    inputs in
    var dims = inputs.shapes[0].dims
    let axis = inputs.attributes[0]
    dims[axis] = inputs.shapes.reduce(0) { $0 + $1[axis] }
    return (Shape(dims), inputs.dtypes[0])
  }
}

extension Tensor {
  /// Rows by 0-based index: result[i, ...] = self[index[i], ...]. Bad indices fail when run.
  public func gatherRows(_ index: Tensor) throws -> Tensor {
    try index.requireIndices("gather_rows")
    guard rank > 0 else { throw TensorError("gather_rows", "a single number has no rows") }
    return Tensor(graph, try graph.emit(Indexing.gatherRows, id, index.id))
  }

  /// Adds the rows of this tensor into a table of zeros of `rows` rows.
  public func scatterAddRows(_ index: Tensor, rows: Int) throws -> Tensor {
    try index.requireIndices("scatter_add_rows")
    guard Array(shape.dims.prefix(index.rank)) == index.shape.dims else {
      throw TensorError(
        "scatter_add_rows", "index \(index.shape) does not lead the shape \(shape) of the rows")
    }
    return Tensor(
      graph, try graph.emit(Indexing.scatterAddRows, id, index.id, attributes: [rows]))
  }

  /// Elements of the last axis by 0-based index; the other axes of both must agree.
  public func gatherAlong(_ index: Tensor) throws -> Tensor {
    try index.requireIndices("gather_along")
    guard rank > 0, shape.dims.dropLast() == index.shape.dims.dropLast() else {
      throw TensorError(
        "gather_along", "shapes \(shape) and \(index.shape) must agree but in the last axis")
    }
    return Tensor(graph, try graph.emit(Indexing.gatherAlong, id, index.id))
  }

  /// Adds this tensor into zeros along a last axis of `extent`.
  public func scatterAddAlong(_ index: Tensor, extent: Int) throws -> Tensor {
    try index.requireIndices("scatter_add_along")
    guard shape == index.shape else {
      throw TensorError("scatter_add_along", "shapes \(shape) and \(index.shape) differ")
    }
    return Tensor(
      graph, try graph.emit(Indexing.scatterAddAlong, id, index.id, attributes: [extent]))
  }

  /// This tensor with its slice at an index of an axis replaced.
  ///
  /// As an update of this leaf in a plan it touches nothing but the slice.
  ///
  /// - Parameters:
  ///   - axis: 0-based.
  ///   - index: int64 of shape `[1]`, 0-based; a bad one fails when run.
  ///   - row: of this shape but with extent one along the axis.
  /// - Returns: a tensor of this shape.
  /// - Throws: `TensorError` where shapes or types do not fit.
  public func replacingRow(_ axis: Int, at index: Tensor, with row: Tensor) throws -> Tensor {
    try index.requireIndices("replace_row")
    let axis = try self.axis(axis, "replace_row")
    guard index.count == 1, row.dtype == dtype, row.shape == shape.keeping([axis]) else {
      throw TensorError(
        "replace_row",
        "\(row.dtype.name) \(row.shape) at an index of shape \(index.shape) does not replace "
          + "a row of \(dtype.name) \(shape) along axis \(axis + 1)")
    }
    return Tensor(
      graph, try graph.emit(Indexing.replaceRow, id, row.id, index.id, attributes: [axis]))
  }

  private func requireIndices(_ operation: String) throws {
    guard dtype == .int64 else {
      throw TensorError(operation, "expected int64 indices, got \(dtype.name) \(shape)")
    }
  }

  /// This tensor within a frame of `fill`, `before` and `after` elements wide on each axis.
  public func pad(before: [Int], after: [Int], fill: Double = 0) throws -> Tensor {
    guard before.count == rank, after.count == rank, (before + after).allSatisfy({ $0 >= 0 })
    else {
      throw TensorError("pad", "widths \(before) and \(after) do not fit shape \(shape)")
    }
    if (before + after).allSatisfy({ $0 == 0 }) { return self }
    let attributes = zip(before, after).flatMap { [$0, $1] }
    return Tensor(
      graph, try graph.emit(Indexing.pad, id, attributes: attributes, payload: fill))
  }

  /// The inverse of a slice: zeros of `target` with this tensor at the sliced places.
  func unsliced(_ attributes: [Int], to target: Shape) throws -> Tensor {
    var result = self
    for axis in 0..<target.rank {
      let (start, step) = (attributes[axis * 3], attributes[axis * 3 + 1])
      if start == 0 && step == 1 && attributes[axis * 3 + 2] == target[axis] { continue }
      if Int(step.magnitude) > 1 {
        result = try result.spread(axis, step: Int(step.magnitude))
      }
      if step < 0 { result = try result.flip(axis) }
      let first = step > 0 ? start : start + (attributes[axis * 3 + 2] - 1) * step
      var before = [Int](repeating: 0, count: target.rank)
      var after = before
      before[axis] = first
      after[axis] = target[axis] - first - result.shape[axis]
      result = try result.pad(before: before, after: after)
    }
    return result
  }

  /// Puts `step - 1` zeros between neighbours along an axis.
  private func spread(_ axis: Int, step: Int) throws -> Tensor {
    let extent = shape[axis]
    guard extent > 1 else { return self }
    let wide = try unsqueeze(axis + 1)
    var after = [Int](repeating: 0, count: rank + 1)
    after[axis + 1] = step - 1
    var dims = shape.dims
    dims[axis] = extent * step
    let padded = try wide.pad(before: [Int](repeating: 0, count: rank + 1), after: after)
    return try padded.reshape(to: Shape(dims))
      .slice(axis, start: 0, count: (extent - 1) * step + 1)
  }
}

extension Graph {
  /// 0, 1, ... count - 1 as int64.
  public func iota(_ count: Int) throws -> Tensor {
    let attributes = intern([count])
    return Tensor(
      self, add(Indexing.iota, .int64, shape: intern(Shape([count])), attributes: attributes))
  }

  /// Tensors end to end along a 0-based axis; shapes agree elsewhere.
  public func concatenate(_ parts: [Tensor], axis: Int) throws -> Tensor {
    guard let first = parts.first else {
      throw TensorError("concat", "expected at least one tensor")
    }
    let axis = try first.axis(axis, "concat")
    for part in parts
    where part.rank != first.rank || part.dtype != first.dtype
      || part.shape.removing([axis]) != first.shape.removing([axis])
    {
      throw TensorError(
        "concat",
        "\(first.dtype.name) \(first.shape) and \(part.dtype.name) \(part.shape) "
          + "do not join along axis \(axis + 1)")
    }
    if parts.count == 1 { return first }
    if parts.count > 4 {
      let quarter = (parts.count + 3) / 4
      let groups = stride(from: 0, to: parts.count, by: quarter).map {
        Array(parts[$0..<min($0 + quarter, parts.count)])
      }
      return try concatenate(groups.map { try concatenate($0, axis: axis) }, axis: axis)
    }
    return Tensor(
      self,
      try emit(
        Indexing.concatenate, first.id, parts[1].id, parts.count > 2 ? parts[2].id : nil,
        parts.count > 3 ? parts[3].id : nil, attributes: [axis]))
  }
}
