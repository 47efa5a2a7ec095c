/// Reductions over axes: the primitives keep the reduced axes at extent one.
enum Reductions {
  static let sum = OpID("reduce_sum")
  static let product = OpID("reduce_product")
  static let maximum = OpID("reduce_maximum")
  static let minimum = OpID("reduce_minimum")

  static let operations: [Operation] = [
    Operation(
      "reduce_sum", "Sum over axes, which stay with extent one.", [.tensor("x")], domain: .none,
      isPublic: false,
      body: .primitive(
        Primitive(.reduce(.sum), .rule(numeric)) { [try $0.upstream.expand(to: $0.x.shape)] })),
    Operation(
      "reduce_product", "Product over axes, which stay with extent one.", [.tensor("x")],
      domain: .none, isPublic: false,
      body: .primitive(Primitive(.reduce(.product), .rule(numeric), derivative: productRule))),
    Operation(
      "reduce_maximum",
      "Maximum over axes, which stay; ties share the derivative evenly.", [.tensor("x")],
      domain: .none, isPublic: false,
      body: .primitive(Primitive(.reduce(.maximum), .rule(ordered), derivative: extremeRule))),
    Operation(
      "reduce_minimum",
      "Minimum over axes, which stay; ties share the derivative evenly.", [.tensor("x")],
      domain: .none, isPublic: false,
      body: .primitive(Primitive(.reduce(.minimum), .rule(ordered), derivative: extremeRule))),
  ]

  /// Shape rule shared by all: the axes in the attributes become one.
  private static let ordered: @Sendable (Primitive.Inputs) throws -> (Shape, DType) = {
    ($0.shapes[0].keeping($0.attributes), $0.dtypes[0])
  }

  private static let numeric: @Sendable (Primitive.Inputs) throws -> (Shape, DType) = {
    guard $0.dtypes[0] != .bool else {
      throw TensorError($0.operation, "expected numbers, got bool \($0.shapes[0])")
    }
    return try ordered($0)
  }

  /// The upstream goes to the elements equal to the extreme, in equal parts.
  private static let extremeRule: @Sendable (Chain) throws -> [Tensor?] = { chain in
    let hit = try chain.x.apply("eq", chain.output).cast(to: chain.x.dtype)
    let ties = try Tensor(
      chain.x.graph, chain.x.graph.emit(sum, hit.id, attributes: chain.attributes))
    return [try chain.upstream / ties * hit]
  }

  /// The product of all other elements: prefix product times suffix product, so that zeros
  /// need no division.
  private static let productRule: @Sendable (Chain) throws -> [Tensor?] = { chain in
    let x = chain.x
    let kept = x.shape.dims.indices.filter { !chain.attributes.contains($0) }
    let order = kept + chain.attributes
    let rows = kept.map { x.shape[$0] }
    let length = chain.attributes.reduce(1) { $0 * x.shape[$1] }
    let flat = try x.permute(order).reshape(to: Shape(rows + [length]))
    let others = try flat.productOfOthers()
    let back = try others.reshape(to: Shape(order.map { x.shape[$0] }))
      .permute(order.indices.sorted { order[$0] < order[$1] })
    return [try chain.upstream * back]
  }
}

extension Tensor {
  /// Sum over 0-based `axes`; all when nil.
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    try reduce(Reductions.sum, axes, keepingAxes, "sum")
  }

  /// Product over 0-based `axes`; all when nil.
  public func product(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    try reduce(Reductions.product, axes, keepingAxes, "prod")
  }

  /// Maximum over 0-based `axes`; ties share the derivative evenly.
  public func maximum(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    try reduce(Reductions.maximum, axes, keepingAxes, "amax")
  }

  /// Minimum over 0-based `axes`; ties share the derivative evenly.
  public func minimum(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    try reduce(Reductions.minimum, axes, keepingAxes, "amin")
  }

  /// Mean over 0-based `axes`; all when nil.
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let resolved = try resolve(axes, "mean")
    let count = resolved.reduce(1) { $0 * shape[$1] }
    return try sum(resolved, keepingAxes: keepingAxes) / Double(count)
  }

  private func reduce(
    _ op: OpID, _ axes: [Int]?, _ keepingAxes: Bool, _ name: String
  ) throws -> Tensor {
    let resolved = try resolve(axes, name)
    if count == 0 && (op == Reductions.maximum || op == Reductions.minimum) {
      throw TensorError(name, "shape \(shape) has no elements to choose from")
    }
    var result = self
    if !resolved.isEmpty {
      result = Tensor(graph, try graph.emit(op, id, attributes: resolved))
    }
    return keepingAxes ? result : try result.reshape(to: shape.removing(resolved))
  }

  /// Distinct, sorted, non-negative axes; all of them when nil.
  func resolve(_ axes: [Int]?, _ operation: String) throws -> [Int] {
    guard let axes else { return Array(0..<rank) }
    let resolved = try axes.map { try axis($0, operation) }.sorted()
    for (one, next) in zip(resolved, resolved.dropFirst()) where one == next {
      throw TensorError(operation, "axis \(one + 1) is named twice")
    }
    return resolved
  }

  /// Sums over whatever broadcasting added, back to `target`.
  public func summed(to target: Shape) throws -> Tensor {
    if shape == target { return self }
    let added = rank - target.rank
    let axes = shape.dims.indices.filter {
      $0 < added || (target[$0 - added] == 1 && shape[$0] != 1)
    }
    return try sum(axes, keepingAxes: true).reshape(to: target)
  }
}
