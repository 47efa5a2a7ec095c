/// Parts of an axis. Scripts count places from 1, negative ones from the end.
enum Slicing {
  static let operations: [Operation] = [narrow, slice, select, unfold]

  private static let axis = Parameter("axis", .axis)

  private static let narrow = Operation(
    "narrow", "length elements of an axis from start.",
    [.tensor("x"), axis, Parameter("start", .integer), Parameter("length", .integer)],
    domain: .none, spelling: .function("narrow", of: 4),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1), "narrow")
      let length = try arguments.integer(3)
      guard length >= 0 else {
        throw TensorError("narrow", "expected length >= 0, got \(length)")
      }
      let start = length == 0 ? 0 : try x.place(arguments.integer(2), axis, "narrow")
      return [try x.slice(axis, start: start, count: length)]
    })

  private static let slice = Operation(
    "slice", "Elements first to last of an axis, both included, every step-th.",
    [
      .tensor("x"), axis, Parameter("first", .integer),
      Parameter("last", .integer, optional: true), Parameter("step", .integer, optional: true),
    ], domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1), "slice")
      let step = try arguments.integer(4, default: 1)
      guard step != 0 else { throw TensorError("slice", "expected a step other than 0") }
      let first = try x.place(arguments.integer(2), axis, "slice")
      let end = step > 0 ? x.shape[axis] : 1
      let last = try x.place(arguments.integer(3, default: end), axis, "slice")
      return [try x.slice(axis, start: first, count: max(0, (last - first) / step + 1), step: step)]
    })

  private static let select = Operation(
    "select", "One slice of an axis, without it.",
    [.tensor("x"), axis, Parameter("index", .integer)], domain: .none,
    spelling: .function("select", of: 3),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1), "select")
      let place = try x.place(arguments.integer(2), axis, "select")
      return [try x.slice(axis, start: place, count: 1).reshape(to: x.shape.removing([axis]))]
    })

  private static let unfold = Operation(
    "unfold", "All windows of a size along an axis, step apart; a new last axis holds them.",
    [.tensor("x"), axis, Parameter("size", .integer), Parameter("step", .integer)],
    domain: .none,
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1), "unfold")
      let (size, step) = try (arguments.integer(2), arguments.integer(3))
      guard size > 0, step > 0, size <= x.shape[axis] else {
        throw TensorError(
          "unfold", "no windows of \(size), \(step) apart, along axis \(axis + 1) of \(x.shape)")
      }
      let starts = try x.graph.iota((x.shape[axis] - size) / step + 1) * Double(step)
      let index = try starts.unsqueeze(1) + x.graph.iota(size)
      let windows = try x.moving(axis, to: 0).gatherRows(index)
      return [try windows.moving(1, to: windows.rank - 1).moving(0, to: axis)]
    })
}

extension Tensor {
  /// The 0-based place a script means by `index`: from 1, or negative from the end.
  func place(_ index: Int, _ axis: Int, _ operation: String) throws -> Int {
    let place = index > 0 ? index - 1 : index + shape[axis]
    guard index != 0, place >= 0, place < shape[axis] else {
      throw TensorError(
        operation, "index \(index) is outside axis \(axis + 1) of shape \(shape)")
    }
    return place
  }
}
