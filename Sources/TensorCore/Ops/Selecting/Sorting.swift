/// Order along an axis. Scripts count places from 1.
enum Sorting {
  static let operations: [Operation] = [sort, argsort, topk, kthvalue, median, quantile]

  private static let axis = Parameter("axis", .axis, optional: true)
  private static let descending = Parameter("descending", .flag, optional: true)
  private static let keep = Parameter("keepdim", .flag, optional: true)

  private static let sort = Operation(
    "sort",
    "Elements in order along an axis, the last by default, and their places; stable, "
      + "NaN last.", [.tensor("x"), axis, descending], domain: .none,
    spelling: .function("sort", of: 1),
    body: .composite { arguments in
      let x = try arguments.tensor(0)
      let axis = try x.axis(arguments.integer(1, default: -1), "sort")
      let places = try x.argsort(along: axis, descending: arguments.flag(2))
      return [try x.gather(axis, places), try places + 1]
    })

  private static let argsort = Operation(
    "argsort", "The places of the elements in order along an axis, the last by default.",
    [.tensor("x"), axis, descending], domain: .none, spelling: .function("argsort", of: 1),
    body: .composite { arguments in
      let axis = try arguments.integer(1, default: -1)
      let places = try arguments.tensor(0).argsort(along: axis, descending: arguments.flag(2))
      return [try places + 1]
    })

  private static let topk = Operation(
    "topk", "The k largest along an axis, the last by default, in order, and their places.",
    [
      .tensor("x"), Parameter("k", .integer), axis,
      Parameter("largest", .flag, optional: true),
    ], domain: .none, spelling: .function("topk", of: 2, jax: "lax.top_k(#1, #2)"),
    body: .composite { arguments in
      let (x, k) = try (arguments.tensor(0), arguments.integer(1))
      let axis = try arguments.integer(2, default: -1)
      let (values, places) = try x.top(
        k, along: axis, largest: arguments.flag(3, default: true))
      return [values, try places + 1]
    })

  private static let kthvalue = Operation(
    "kthvalue", "The k-th smallest along an axis, the last by default, and its place.",
    [.tensor("x"), Parameter("k", .integer), axis, keep], domain: .none,
    body: .composite { arguments in
      let (x, k) = try (arguments.tensor(0), arguments.integer(1))
      let axis = try x.axis(arguments.integer(2, default: -1), "kthvalue")
      guard k >= 1, k <= x.shape[axis] else {
        throw TensorError("kthvalue", "axis \(axis + 1) of shape \(x.shape) has no element \(k)")
      }
      let order = try x.argsort(along: axis, descending: false)
      let place = try order.slice(axis, start: k - 1, count: 1)
      let target = try arguments.flag(3) ? x.shape.keeping([axis]) : x.shape.removing([axis])
      return [
        try x.gather(axis, place).reshape(to: target), try (place + 1).reshape(to: target),
      ]
    })

  private static let median = Operation(
    "median",
    "The middle element along an axis, the lower of two, and its place, which gets "
      + "the derivative; of all elements without an axis. NaN if any is.",
    [.tensor("x"), axis, keep], domain: .none, spelling: .function("median", of: 1),
    body: .composite { arguments in
      let given = try arguments.tensor(0)
      let x = arguments.has(1) ? given : try given.reshape(to: [given.count])
      let axis = try x.axis(arguments.integer(1, default: 0), "median")
      let place = try x.medianPlace(axis)
      let keep = try arguments.flag(2) && arguments.has(1)
      let target = keep ? x.shape.keeping([axis]) : x.shape.removing([axis])
      let value = try x.gather(axis, place).reshape(to: target)
      return arguments.has(1) ? [value, try (place + 1).reshape(to: target)] : [value]
    })

  private static let quantile = Operation(
    "quantile", "The q-quantile along an axis, or of all elements, by linear interpolation.",
    [.tensor("x"), Parameter("q", .number), axis, keep], domain: .none,
    spelling: .function("quantile", of: 2),
    body: .composite { arguments in
      let given = try arguments.tensor(0)
      let x = arguments.has(2) ? given : try given.reshape(to: [given.count])
      let axis = try x.axis(arguments.integer(2, default: 0), "quantile")
      let q = try arguments.number(1)
      guard q >= 0, q <= 1, x.shape[axis] > 0 else {
        throw TensorError("quantile", "no \(q)-quantile of axis \(axis + 1) of \(x.shape)")
      }
      let sorted = try x.gather(axis, x.argsort(along: axis, descending: false))
      let position = q * Double(x.shape[axis] - 1)
      let low = try sorted.slice(axis, start: Int(position), count: 1)
      let high = try sorted.slice(axis, start: Int(position.rounded(.up)), count: 1)
      let value = try low + (high - low) * (position - position.rounded(.down))
      let keep = try arguments.flag(3) && arguments.has(2)
      return [try value.reshape(to: keep ? value.shape : x.shape.removing([axis]))]
    })
}

extension Tensor {
  /// The 0-based places of the elements in order along a 0-based axis; NaN last.
  public func argsort(along axis: Int, descending: Bool = false) throws -> Tensor {
    let axis = try self.axis(axis, "sort")
    let last = rank - 1
    return try moving(axis, to: last).argsort(descending: descending).moving(last, to: axis)
  }

  /// The `k` largest (or smallest) elements along a 0-based axis, in order, and their 0-based
  /// places.
  public func top(
    _ k: Int, along axis: Int = -1, largest: Bool = true
  ) throws -> (values: Tensor, places: Tensor) {
    let axis = try self.axis(axis, "topk")
    guard k >= 0, k <= shape[axis] else {
      throw TensorError("topk", "axis \(axis + 1) of shape \(shape) has no \(k) elements")
    }
    let places = try argsort(along: axis, descending: largest).slice(axis, start: 0, count: k)
    return (try gather(axis, places), places)
  }

  /// The place of the lower median along an axis, kept at extent one; of the first NaN if any.
  fileprivate func medianPlace(_ axis: Int) throws -> Tensor {
    guard shape[axis] > 0 else {
      throw TensorError("median", "axis \(axis + 1) of shape \(shape) is empty")
    }
    let order = try argsort(along: axis, descending: false)
    let middle = try order.slice(axis, start: (shape[axis] - 1) / 2, count: 1)
    guard dtype.isFloating else { return middle }
    let isUnknown = try isNaN()
    let first = try isUnknown.cast(to: .int64).argmax(axis).unsqueeze(axis)
    return try isUnknown.maximum([axis], keepingAxes: true).where(first, else: middle)
  }
}
