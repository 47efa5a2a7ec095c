import LuaRuntime
import TensorCore

/// What stands for one axis in `x[{ 2, {}, {1, 3} }]`.
enum TensorIndex {
  /// One place, 1-based, from the end when negative; the axis goes.
  case one(Int)
  /// From one place to another, both included, by steps.
  case range(Int, Int, Int)
  /// `{}`: the whole axis.
  case all

  /// Reads an integer, `{}`, `{ first, last }` or `{ first, last, step }`.
  init(_ value: LuaValue) throws {
    if let place = value.integerValue {
      self = .one(place)
      return
    }
    let list = value.tableValue?.items.compactMap(\.integerValue)
    switch (list, list?.count) {
    case (_?, 0) where value.tableValue?.items.isEmpty == true: self = .all
    case (let list?, 2): self = .range(list[0], list[1], 1)
    case (let list?, 3): self = .range(list[0], list[1], list[2])
    default:
      throw TensorError(
        "index", "expected an integer, {} or { first, last [, step] } for each axis")
    }
  }

  /// The part of a tensor at given places of its leading axes.
  static func part(_ tensor: Tensor, _ indices: [TensorIndex]) throws -> Tensor {
    guard indices.count <= tensor.rank else {
      throw TensorError(
        "index", "\(indices.count) indices for \(tensor.rank) axes of shape \(tensor.shape)")
    }
    var part = tensor
    var gone: [Int] = []
    for (axis, index) in indices.enumerated() {
      switch index {
      case .all: continue
      case .one(let place):
        part = try part.slice(axis, start: start(place, axis, tensor), count: 1)
        gone.append(axis)
      case .range(let first, let last, let step):
        let (from, to) = try (start(first, axis, tensor), start(last, axis, tensor))
        guard step != 0 else { throw TensorError("index", "a step of 0 leads nowhere") }
        let count = max(0, (to - from) / step + 1)
        part = try part.slice(axis, start: from, count: count, step: step)
      }
    }
    return try part.reshape(to: part.shape.removing(gone))
  }

  private static func start(_ place: Int, _ axis: Int, _ tensor: Tensor) throws -> Int {
    let extent = tensor.shape[axis]
    let start = place < 0 ? place + extent : place - 1
    guard place != 0, start >= 0, start < extent else {
      throw TensorError(
        "index", "\(place) is outside 1...\(extent) of axis \(axis + 1) of \(tensor.shape)")
    }
    return start
  }
}
