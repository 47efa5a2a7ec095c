import LuaRuntime
import Notation
import TensorCore

/// Shapes and options as creating functions take them: `(2, 3)`, `({2, 3})`, and a last table of
/// names.
enum CreationOptions {
  /// Axes that a script can ask for: more than anybody needs.
  static let mostAxes = 64

  /// The shape and the options.
  static func read(
    _ arguments: [LuaValue], _ operation: String, _ known: [String]
  ) throws -> (shape: Shape, options: LuaTable) {
    var rest = arguments
    var options = LuaTable()
    if let last = rest.last?.tableValue, !last.fields.isEmpty {
      options = last
      rest.removeLast()
    }
    try check(options, operation, known)
    if rest.count == 1, let list = rest[0].tableValue { rest = list.items }
    guard rest.count <= mostAxes else {
      throw TensorError(operation, "\(rest.count) axes, at most \(mostAxes)")
    }
    let dims = rest.compactMap(\.integerValue)
    guard dims.count == rest.count, dims.allSatisfy({ $0 >= 0 }) else {
      let shown = rest.map { $0.integerValue.map(String.init) ?? $0.typeName }
      throw TensorError(
        operation, "expected extents, got (\(shown.joined(separator: ", ")))")
    }
    let shape = Shape(dims)
    guard !shape.isTooLarge else {
      throw TensorError(operation, "shape \(shape) has too many elements")
    }
    return (shape, options)
  }

  /// Complains of an option that is not known.
  static func check(_ options: LuaTable, _ operation: String, _ known: [String]) throws {
    for name in options.names where !known.contains(name) {
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      throw TensorError(
        operation,
        "has no option \"\(name)\"\(NearestName.hint(name, in: known)); options are \(list)")
    }
  }

  /// The type that an argument names: a string or `{ dtype = }`; nil where there is none.
  static func dtype(_ value: LuaValue, _ operation: String) throws -> DType? {
    if let table = value.tableValue {
      try check(table, operation, ["dtype"])
      return try dtype(table["dtype"], operation)
    }
    return try value.stringValue.map { try TypeName.read($0, operation) }
  }
}
