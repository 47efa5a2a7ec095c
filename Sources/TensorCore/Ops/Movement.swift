/// Views: the same elements in another arrangement. The planner turns them into strides.
enum Movement {
  static let reshape = OpID("view_reshape")
  static let permute = OpID("view_permute")
  static let expand = OpID("view_expand")
  static let slice = OpID("view_slice")

  /// The attributes of reshape and expand are the result's extents.
  static let operations: [Operation] = [
    Operation(
      "view_reshape", "The same elements in row-major order under another shape.",
      [.tensor("x")], domain: .none, isPublic: false,
      body: .primitive(
        Primitive(.view(.reshape), .rule { (Shape($0.attributes), $0.dtypes[0]) }) {
          [try $0.upstream.reshape(to: $0.x.shape)]
        })),
    Operation(
      "view_permute", "Axes in another order: axis i of the result is axis order[i] of x.",
      [.tensor("x")], domain: .none, isPublic: false,
      body: .primitive(
        Primitive(
          .view(.permute),
          .rule { inputs in
            (Shape(inputs.attributes.map { inputs.shapes[0][$0] }), inputs.dtypes[0])
          }
        ) { chain in
          let order = chain.attributes
          return [try chain.upstream.permute(order.indices.sorted { order[$0] < order[$1] })]
        })),
    Operation(
      "view_expand", "x repeated to a shape it broadcasts to.", [.tensor("x")], domain: .none,
      isPublic: false,
      body: .primitive(
        Primitive(.view(.expand), .rule { (Shape($0.attributes), $0.dtypes[0]) }) {
          [try $0.upstream.summed(to: $0.x.shape)]
        })),
    Operation(
      "view_slice",
      "Every step-th element of each axis from a start; attributes start, step, count.",
      [.tensor("x")], domain: .none, isPublic: false,
      body: .primitive(
        Primitive(
          .view(.slice),
          .rule { inputs in
            let axes = inputs.shapes[0].rank
            return (Shape((0..<axes).map { inputs.attributes[$0 * 3 + 2] }), inputs.dtypes[0])
          }
        ) { [try $0.upstream.unsliced($0.attributes, to: $0.x.shape)] })),
  ]
}

extension Tensor {
  /// The same elements in row-major order under `target`.
  public func reshape(to target: Shape) throws -> Tensor {
    if shape == target { return self }
    guard target.count == count else {
      throw TensorError(
        "reshape", "shape \(shape) has \(count) elements, \(target) has \(target.count)")
    }
    return Tensor(graph, try graph.emit(Movement.reshape, id, attributes: target.dims))
  }

  /// Axes in another order: axis i of the result is axis `order[i]` (0-based) of this one.
  public func permute(_ order: [Int]) throws -> Tensor {
    let resolved = try order.map { try axis($0, "permute") }
    guard resolved.sorted() == Array(0..<rank) else {
      throw TensorError(
        "permute", "\(order.map { $0 + 1 }) does not name each of the \(rank) axes of \(shape) once"
      )
    }
    if resolved == Array(0..<rank) { return self }
    return Tensor(graph, try graph.emit(Movement.permute, id, attributes: resolved))
  }

  /// Exchanges two 0-based axes.
  public func transpose(_ first: Int = -2, _ second: Int = -1) throws -> Tensor {
    var order = Array(0..<rank)
    order.swapAt(try axis(first, "transpose"), try axis(second, "transpose"))
    return try permute(order)
  }

  /// This tensor repeated to a shape it broadcasts to.
  public func expand(to target: Shape) throws -> Tensor {
    if shape == target { return self }
    guard shape.broadcast(with: target) == target else {
      throw TensorError("expand", "shape \(shape) does not broadcast to \(target)")
    }
    return Tensor(graph, try graph.emit(Movement.expand, id, attributes: target.dims))
  }

  /// Every `step`-th element from `start` of one 0-based axis, `count` of them.
  public func slice(_ axis: Int, start: Int, count: Int, step: Int = 1) throws -> Tensor {
    let axis = try self.axis(axis, "slice")
    let last = start + (count - 1) * step
    guard count >= 0, count == 0 || (start >= 0 && start < shape[axis]),
      count == 0 || (last >= 0 && last < shape[axis])
    else {
      throw TensorError(
        "slice", "\(start + 1) to \(last + 1) is outside axis \(axis + 1) of shape \(shape)")
    }
    var attributes: [Int] = []
    for other in 0..<rank {
      attributes += other == axis ? [start, step, count] : [0, 1, shape[other]]
    }
    if start == 0 && step == 1 && count == shape[axis] { return self }
    return Tensor(graph, try graph.emit(Movement.slice, id, attributes: attributes))
  }

  /// A new axis of extent one before 0-based `axis`.
  public func unsqueeze(_ axis: Int) throws -> Tensor {
    let place = axis < 0 ? axis + rank + 1 : axis
    guard place >= 0, place <= rank else {
      throw TensorError(
        "unsqueeze", "no axis can be put at \(axis < 0 ? axis : axis + 1) of shape \(shape)")
    }
    var dims = shape.dims
    dims.insert(1, at: place)
    return try reshape(to: Shape(dims))
  }

  /// Elements along a 0-based axis in reverse order.
  public func flip(_ axis: Int) throws -> Tensor {
    let axis = try self.axis(axis, "flip")
    if shape[axis] < 2 { return self }
    return try slice(axis, start: shape[axis] - 1, count: shape[axis], step: -1)
  }
}
