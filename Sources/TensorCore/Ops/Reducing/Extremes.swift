/// The largest and smallest along an axis, with their places. Scripts count places from 1.
enum Extremes {
  static let operations: [Operation] = [max, min, argmax, argmin]

  private static let axis = Parameter("axis", .axis, optional: true)
  private static let keep = Parameter("keepdim", .flag, optional: true)

  private static let max = extreme(
    "max",
    "The largest along an axis and its place, which alone gets the derivative; "
      + "without an axis, the largest of all, ties sharing the derivative.", true)
  private static let min = extreme(
    "min",
    "The smallest along an axis and its place, which alone gets the derivative; "
      + "without an axis, the smallest of all, ties sharing the derivative.", false)

  private static func extreme(_ name: String, _ summary: String, _ largest: Bool) -> Operation {
    Operation(
      name, summary, [.tensor("x"), axis, keep], domain: .none,
      spelling: .function(name, of: 1, latex: "\\\(name) #1"),
      body: .composite { arguments in
        let x = try arguments.tensor(0)
        guard arguments.has(1) else { return [largest ? try x.maximum() : try x.minimum()] }
        let keep = try arguments.flag(2)
        let (values, places) = try x.extreme(arguments.integer(1), largest, keepingAxis: keep)
        return [values, try places + 1]
      })
  }

  private static let argmax = place(
    "argmax", "The first place of the largest along an axis, or in x read as one row.", true)
  private static let argmin = place(
    "argmin", "The first place of the smallest along an axis, or in x read as one row.", false)

  private static func place(_ name: String, _ summary: String, _ largest: Bool) -> Operation {
    Operation(
      name, summary, [.tensor("x"), axis, keep], domain: .none,
      spelling: .function(name, of: 1, latex: "\\operatorname{\(name)} #1"),
      body: .composite { arguments in
        let x = try arguments.tensor(0)
        let row = arguments.has(1) ? x : try x.reshape(to: [x.count])
        let axis = try arguments.integer(1, default: 0)
        let keep = try arguments.flag(2) && arguments.has(1)
        return [try row.place(axis, largest, keepingAxis: keep) + 1]
      })
  }
}

extension Tensor {
  /// The 0-based place of the first largest element along a 0-based axis.
  public func argmax(_ axis: Int = -1) throws -> Tensor { try place(axis, true) }

  /// The 0-based place of the first smallest element along a 0-based axis.
  public func argmin(_ axis: Int = -1) throws -> Tensor { try place(axis, false) }

  fileprivate func place(
    _ axis: Int, _ largest: Bool, keepingAxis: Bool = false
  ) throws -> Tensor {
    let name = largest ? "argmax" : "argmin"
    let axis = try self.axis(axis, name)
    guard shape[axis] > 0 else {
      throw TensorError(name, "axis \(axis + 1) of shape \(shape) is empty")
    }
    let op = largest ? Ordering.argmax : Ordering.argmin
    let last = try moving(axis, to: rank - 1)
    let places = Tensor(graph, try graph.emit(op, last.id))
    return keepingAxis ? try places.unsqueeze(axis) : places
  }

  /// The largest or smallest elements along a 0-based axis and their 0-based places.
  func extreme(
    _ axis: Int, _ largest: Bool, keepingAxis: Bool
  ) throws -> (values: Tensor, places: Tensor) {
    let axis = try self.axis(axis, largest ? "max" : "min")
    let places = try place(axis, largest, keepingAxis: true)
    let values = try gather(axis, places)
    if keepingAxis { return (values, places) }
    let target = shape.removing([axis])
    return (try values.reshape(to: target), try places.reshape(to: target))
  }
}
