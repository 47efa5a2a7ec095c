/// The same elements under another shape or order of axes.
enum Arrangement {
  static let operations: [Operation] = [
    reshape, flatten, squeeze, unsqueeze, permute, transpose, t, movedim, expand, expandAs,
    reshapeAs, flip, roll,
  ]

  private static func row(
    _ name: String, _ summary: String, _ parameters: [Parameter],
    _ body: @escaping @Sendable (Tensor, Arguments) throws -> Tensor
  ) -> Operation {
    Operation(
      name, summary, [.tensor("x")] + parameters, domain: .none,
      spelling: .function(name, of: parameters.count + 1),
      body: .composite { [try body($0.tensor(0), $0)] })
  }

  private static let shape = Parameter("shape", .shape)

  private static let reshape = row(
    "reshape", "The same elements in row-major order; one extent may be -1.", [shape]
  ) { x, arguments in
    var dims = try arguments.required(1)
    if let open = dims.firstIndex(of: -1) {
      dims[open] = 1
      let known = dims.reduce(1, *)
      guard known > 0, x.count % known == 0, !dims.contains(-1) else {
        dims[open] = -1
        throw TensorError("reshape", "shape \(x.shape) does not fit \(Shape(dims))")
      }
      dims[open] = x.count / known
    }
    guard dims.allSatisfy({ $0 >= 0 }) else {
      throw TensorError("reshape", "\(dims) is not a shape")
    }
    return try x.reshape(to: Shape(dims))
  }

  private static let reshapeAs = row(
    "reshape_as", "x in the shape of y.", [.tensor("y")]
  ) { try $0.reshape(to: $1.tensor(1).shape) }

  private static let flatten = row(
    "flatten", "One axis instead of those from first to last, all by default.",
    [Parameter("first", .axis, optional: true), Parameter("last", .axis, optional: true)]
  ) { x, arguments in
    if x.rank == 0 { return try x.reshape(to: [1]) }
    let first = try x.axis(arguments.integer(1, default: 0), "flatten")
    let last = try x.axis(arguments.integer(2, default: -1), "flatten")
    guard first <= last else {
      throw TensorError("flatten", "axis \(first + 1) comes after axis \(last + 1)")
    }
    let middle = x.shape.dims[first...last].reduce(1, *)
    let dims = x.shape.dims[..<first] + [middle] + x.shape.dims[(last + 1)...]
    return try x.reshape(to: Shape(Array(dims)))
  }

  private static let squeeze = row(
    "squeeze", "x without the axes, all by default, that have extent 1.",
    [Parameter("axes", .axes, optional: true)]
  ) { x, arguments in
    let axes = try x.resolve(arguments.integers(1), "squeeze").filter { x.shape[$0] == 1 }
    return try x.reshape(to: x.shape.removing(axes))
  }

  private static let unsqueeze = row(
    "unsqueeze", "x with a new axis of extent 1 at this place.", [Parameter("axis", .axis)]
  ) { try $0.unsqueeze($1.integer(1)) }

  private static let permute = row(
    "permute", "The axes in another order: axis i of the result is axis order[i] of x.",
    [Parameter("order", .axes)]
  ) { try $0.permute($1.required(1)) }

  private static let transpose = row(
    "transpose", "x with two axes exchanged, the last two by default.",
    [Parameter("first", .axis, optional: true), Parameter("second", .axis, optional: true)]
  ) { try $0.transpose($1.integer(1, default: -2), $1.integer(2, default: -1)) }

  private static let t = row("t", "The transpose of a matrix; a vector is itself.", []) { x, _ in
    guard x.rank <= 2 else {
      throw TensorError("t", "expected a matrix, got shape \(x.shape); see transpose")
    }
    return x.rank < 2 ? x : try x.transpose()
  }

  private static let movedim = row(
    "movedim", "x with one axis moved, the others keeping their order.",
    [Parameter("axis", .axis), Parameter("place", .axis)]
  ) { try $0.moving($1.integer(1), to: $1.integer(2)) }

  private static let expand = row(
    "expand", "x repeated along axes of extent 1, or new leading ones; -1 keeps an extent.",
    [shape]
  ) { x, arguments in
    var dims = try arguments.required(1)
    for place in dims.indices where dims[place] == -1 {
      let axis = place - (dims.count - x.rank)
      guard axis >= 0 else {
        throw TensorError("expand", "-1 at place \(place + 1) has no axis of \(x.shape)")
      }
      dims[place] = x.shape[axis]
    }
    return try x.expand(to: Shape(dims))
  }

  private static let expandAs = row(
    "expand_as", "x repeated to the shape of y.", [.tensor("y")]
  ) { try $0.expand(to: $1.tensor(1).shape) }

  private static let flip = row(
    "flip", "x with axes, all by default, in reverse order.",
    [Parameter("axes", .axes, optional: true)]
  ) { x, arguments in
    try x.resolve(arguments.integers(1), "flip").reduce(x) { try $0.flip($1) }
  }

  private static let roll = row(
    "roll", "x moved around along axes by shifts; without axes, as one row.",
    [Parameter("shifts", .integers), Parameter("axes", .axes, optional: true)]
  ) { x, arguments in
    let shifts = try arguments.required(1)
    guard let axes = try arguments.integers(2) else {
      guard shifts.count == 1 else {
        throw TensorError("roll", "\(shifts.count) shifts without axes")
      }
      return try x.reshape(to: [x.count]).rolled(0, shifts[0]).reshape(to: x.shape)
    }
    guard shifts.count == axes.count else {
      throw TensorError("roll", "\(shifts.count) shifts for \(axes.count) axes")
    }
    return try zip(axes, shifts).reduce(x) { try $0.rolled($1.0, $1.1) }
  }
}

extension Arguments {
  /// A list of integers that must be given.
  func required(_ index: Int) throws -> [Int] {
    if let list = try integers(index) { return list }
    throw TensorError(operation, "argument \(index + 1) must be a list of integers")
  }
}

extension Tensor {
  /// Elements moved around along a 0-based axis by `shift`.
  func rolled(_ axis: Int, _ shift: Int) throws -> Tensor {
    let axis = try self.axis(axis, "roll")
    let extent = shape[axis]
    guard extent > 0 else { return self }
    let steps = ((shift % extent) + extent) % extent
    if steps == 0 { return self }
    let tail = try slice(axis, start: extent - steps, count: steps)
    let head = try slice(axis, start: 0, count: extent - steps)
    return try graph.concatenate([tail, head], axis: axis)
  }
}
