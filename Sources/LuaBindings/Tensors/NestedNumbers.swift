import LuaRuntime
import TensorCore

/// Nested Lua lists and the tensors of the same shape.
enum NestedNumbers {
  /// Numbers in row-major order, their shape, and whether all are booleans.
  struct Flat {
    var numbers: [Double] = []
    var dims: [Int] = []
    var isBoolean = false
  }

  /// Reads nested lists of equal lengths.
  ///
  /// - Throws: `TensorError` naming the first list or element that does not fit.
  static func read(_ value: LuaValue) throws -> Flat {
    var flat = Flat()
    var probe = value
    while let table = probe.tableValue {
      guard table.fields.isEmpty else {
        throw TensorError("tensor", "expected lists of numbers, got a table with named fields")
      }
      flat.dims.append(table.items.count)
      guard let first = table.items.first else { break }
      probe = first
    }
    if case .boolean = probe { flat.isBoolean = true }
    flat.numbers.reserveCapacity(flat.dims.reduce(1, *))
    try append(value, 0, &flat)
    return flat
  }

  private static func append(_ value: LuaValue, _ depth: Int, _ flat: inout Flat) throws {
    guard depth < flat.dims.count else {
      flat.numbers.append(try number(value, flat.isBoolean))
      return
    }
    guard let items = value.tableValue?.items, items.count == flat.dims[depth] else {
      let length = value.tableValue.map { "a list of \($0.items.count)" } ?? value.typeName
      throw TensorError(
        "tensor",
        "lists must have equal lengths: expected \(flat.dims[depth]) elements at depth "
          + "\(depth + 1), got \(length)")
    }
    for item in items { try append(item, depth + 1, &flat) }
  }

  private static func number(_ value: LuaValue, _ isBoolean: Bool) throws -> Double {
    if case .boolean(let flag) = value, isBoolean { return flag ? 1 : 0 }
    if let number = value.numberValue, !isBoolean { return number }
    throw TensorError(
      "tensor", "expected a \(isBoolean ? "boolean" : "number"), got \(value.typeName)")
  }

  /// Nested lists of the elements of a tensor.
  static func table(
    _ values: ArraySlice<Double>, _ dims: ArraySlice<Int>, _ dtype: DType
  ) -> LuaValue {
    guard let extent = dims.first else { return scalar(values.first ?? 0, dtype) }
    let step = dims.dropFirst().reduce(1, *)
    let items = (0..<extent).map { index in
      let start = values.startIndex + index * step
      return table(values[start..<start + step], dims.dropFirst(), dtype)
    }
    return .table(LuaTable(items: items))
  }

  private static func scalar(_ value: Double, _ dtype: DType) -> LuaValue {
    switch dtype {
    case .bool: .boolean(value != 0)
    case .int64: .integer(Int(saturating: value))
    case .float32, .float64: .number(value)
    }
  }
}

extension Int {
  /// The whole number, or the nearest there is: 2^63 stands for the largest int64.
  init(saturating number: Double) {
    self = Int(exactly: number.rounded(.towardZero)) ?? (number > 0 ? .max : number < 0 ? .min : 0)
  }
}

extension Graph {
  /// A leaf of any type from numbers in row-major order.
  func leaf(_ numbers: [Double], _ shape: Shape, _ dtype: DType) throws -> Tensor {
    switch dtype {
    case .float32: try tensor(numbers.map(Float.init), shape: shape)
    case .float64: try tensor(numbers, shape: shape)
    case .int64: try tensor(try numbers.map(Self.integer), shape: shape)
    case .bool: try tensor(numbers.map { $0 != 0 }, shape: shape)
    }
  }

  private static func integer(_ number: Double) throws -> Int64 {
    guard let integer = Int64(exactly: number) else {
      throw TensorError("tensor", "\(number) is no int64")
    }
    return integer
  }
}
