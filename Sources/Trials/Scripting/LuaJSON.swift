import LuaBindings
import LuaRuntime
import Notation

/// Lua values as JSON, and back.
struct LuaJSON {
  let session: ScriptSession

  /// The JSON of a value.
  ///
  /// - Parameters:
  ///   - value: numbers, strings, booleans, tables of them, tensors.
  ///   - path: what errors call it.
  /// - Returns: lists for tables without names, objects for others.
  /// - Throws: `DeclarationError` naming what is none of these.
  func json(_ value: LuaValue, _ path: String) throws -> JSONValue {
    switch value {
    case .boolean(let flag): return .bool(flag)
    case .integer(let integer): return .integer(Int64(integer))
    case .number(let number): return .number(number)
    case .string(let text): return .string(text)
    case .table(let table) where table.fields.isEmpty && !table.items.isEmpty:
      return .list(try table.items.enumerated().map { try json($1, "\(path)[\($0 + 1)]") })
    case .table(let table) where table.items.isEmpty:
      var object = JSONObject()
      for name in table.names { object[name] = try json(table[name], "\(path).\(name)") }
      return .object(object)
    default:
      if let tensor = session.tensor(value) {
        let numbers = try session.holding { try tensor.doubles() }
        return Self.nested(numbers[...], tensor.shape.dims)
      }
      throw DeclarationError(
        "\(path) must be a number, a string, a boolean or a table of them, got \(value.typeName)")
    }
  }

  private static func nested(_ numbers: ArraySlice<Double>, _ dims: [Int]) -> JSONValue {
    guard let count = dims.first else { return .number(numbers.first ?? 0) }
    let width = numbers.count / max(count, 1)
    return .list(
      (0..<count).map { row in
        let start = numbers.startIndex + row * width
        return nested(numbers[start..<start + width], Array(dims.dropFirst()))
      })
  }
}
