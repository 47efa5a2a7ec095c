/// Putting tensors together, taking them apart, repeating them.
enum Joining {
  static let operations: [Operation] = [
    concat, stack, split, chunk, unbind, tile, repeatInterleave, pad,
  ]

  private static let axis = Parameter("axis", .axis, optional: true)

  private static let concat = Operation(
    "concat", "Tensors end to end along an axis, the first by default.",
    [Parameter("parts", .tensors), axis], domain: .none,
    spelling: Spelling(torch: "torch.cat(#1, dim=#2)", jax: "jnp.concatenate(#1, axis=#2)"),
    body: .composite {
      [try $0.graph.concatenate($0.tensors(0), axis: $0.integer(1, default: 0))]
    })

  private static let stack = Operation(
    "stack", "Tensors of one shape along a new axis, the first by default.",
    [Parameter("parts", .tensors), axis], domain: .none,
    spelling: Spelling(torch: "torch.stack(#1, dim=#2)", jax: "jnp.stack(#1, axis=#2)"),
    body: .composite { [try $0.graph.stack($0.tensors(0), axis: $0.integer(1, default: 0))] })

  private static let split = Operation(
    "split", "Pieces of an axis, the first by default: of one size, or of the sizes listed.",
    [.tensor("x"), Parameter("sizes", .integers), axis], domain: .none,
    spelling: .function("split", of: 2),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(2, default: 0), "split")
      let sizes = try arguments.required(1)
      guard sizes.count == 1 else { return try x.pieces(sizes, axis) }
      return try x.pieces(of: sizes[0], axis)
    })

  private static let chunk = Operation(
    "chunk", "About equal pieces of an axis, the first by default.",
    [.tensor("x"), Parameter("chunks", .integer), axis], domain: .none,
    spelling: .function("chunk", of: 2),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(2, default: 0), "chunk")
      let chunks = try arguments.integer(1)
      guard chunks > 0 else { throw TensorError("chunk", "expected chunks > 0, got \(chunks)") }
      return try x.pieces(of: max(1, (x.shape[axis] + chunks - 1) / chunks), axis)
    })

  private static let unbind = Operation(
    "unbind", "The slices of an axis, the first by default, without it.", [.tensor("x"), axis],
    domain: .none, spelling: .function("unbind", of: 1),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1, default: 0), "unbind")
      return try (0..<x.shape[axis]).map {
        try x.slice(axis, start: $0, count: 1).reshape(to: x.shape.removing([axis]))
      }
    })

  private static let tile = Operation(
    "tile", "x repeated so many times along each axis.",
    [.tensor("x"), Parameter("times", .shape)], domain: .none,
    spelling: .function("tile", of: 2),
    body: .composite { [try $0.tensor(0).tiled($0.required(1))] })

  private static let repeatInterleave = Operation(
    "repeat_interleave", "Each element so many times along an axis, or of x as one row.",
    [.tensor("x"), Parameter("times", .integer), axis], domain: .none,
    spelling: .function("repeat_interleave", of: 2, jax: "jnp.repeat(#1, #2)"),
    body: .composite { arguments in
      let given = try arguments.tensor(0)
      let x = arguments.has(2) ? given : try given.reshape(to: [given.count])
      let axis = try x.axis(arguments.integer(2, default: 0), "repeat_interleave")
      let times = try arguments.integer(1)
      guard times >= 0 else {
        throw TensorError("repeat_interleave", "expected times >= 0, got \(times)")
      }
      var dims = x.shape.dims
      dims.insert(times, at: axis + 1)
      let wide = try x.unsqueeze(axis + 1).expand(to: Shape(dims))
      dims.remove(at: axis + 1)
      dims[axis] *= times
      return [try wide.reshape(to: Shape(dims))]
    })

  private static let pad = Operation(
    "pad",
    "x in a frame of the value, 0: widths before and after the last axis, then the one "
      + "before it; negative ones crop.",
    [.tensor("x"), Parameter("widths", .integers), Parameter("value", .number, optional: true)],
    domain: .none,
    spelling: Spelling(torch: "torch.nn.functional.pad(#1, #2, value=#3)"),
    body: .composite { arguments in
      let (x, widths) = try (arguments.tensor(0), arguments.required(1))
      guard widths.count % 2 == 0, widths.count / 2 <= x.rank else {
        throw TensorError("pad", "\(widths.count) widths do not fit shape \(x.shape)")
      }
      return [try x.framed(widths, arguments.number(2, default: 0))]
    })
}

extension Graph {
  /// Tensors of one shape along a new 0-based axis.
  public func stack(_ parts: [Tensor], axis: Int = 0) throws -> Tensor {
    let rank = (parts.first?.rank ?? 0) + 1
    let place = axis < 0 ? axis + rank : axis
    return try concatenate(parts.map { try $0.unsqueeze(place) }, axis: place)
  }
}

extension Tensor {
  fileprivate func pieces(of size: Int, _ axis: Int) throws -> [Tensor] {
    guard size > 0 else { throw TensorError("split", "expected a size > 0, got \(size)") }
    let extent = shape[axis]
    if extent == 0 { return [self] }
    return try pieces(
      stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }, axis)
  }

  fileprivate func pieces(_ sizes: [Int], _ axis: Int) throws -> [Tensor] {
    guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, +) == shape[axis] else {
      throw TensorError(
        "split", "sizes \(sizes) do not add up to axis \(axis + 1) of shape \(shape)")
    }
    var start = 0
    return try sizes.map { size in
      defer { start += size }
      return try slice(axis, start: start, count: size)
    }
  }

  /// This tensor repeated `times[i]` times along axis i, trailing axes aligned.
  public func tiled(_ times: [Int]) throws -> Tensor {
    guard times.count >= rank, times.allSatisfy({ $0 >= 0 }) else {
      throw TensorError("tile", "\(times) does not name a number >= 0 for each axis of \(shape)")
    }
    let dims = [Int](repeating: 1, count: times.count - rank) + shape.dims
    let apart = Shape(dims.flatMap { [1, $0] })
    let wide = Shape(zip(times, dims).flatMap { [$0, $1] })
    let whole = Shape(zip(times, dims).map { $0 * $1 })
    return try reshape(to: apart).expand(to: wide).reshape(to: whole)
  }

  fileprivate func framed(_ widths: [Int], _ value: Double) throws -> Tensor {
    var result = self
    var before = [Int](repeating: 0, count: rank)
    var after = before
    for pair in 0..<(widths.count / 2) {
      let axis = rank - 1 - pair
      let (left, right) = (widths[2 * pair], widths[2 * pair + 1])
      let kept = shape[axis] + min(left, 0) + min(right, 0)
      guard kept >= 0 else {
        throw TensorError("pad", "widths \(left), \(right) crop more than axis \(axis + 1)")
      }
      result = try result.slice(axis, start: max(0, -left), count: kept)
      (before[axis], after[axis]) = (max(0, left), max(0, right))
    }
    return (before + after).allSatisfy { $0 == 0 }
      ? result : try result.pad(before: before, after: after, fill: value)
  }
}
