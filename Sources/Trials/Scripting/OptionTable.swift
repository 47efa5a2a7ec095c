import Learning
import LuaBindings
import LuaRuntime
import Notation

/// The named options of one call: `{ steps = 100, batch = 32 }`, each read once.
public struct OptionTable {
  private let table: LuaTable
  private let owner: String

  /// - Throws: `DeclarationError` for a name that is not among `known`, with the nearest.
  public init(_ value: LuaValue, _ owner: String, known: [String]) throws {
    guard value == .nil || value.tableValue != nil else {
      throw DeclarationError("\(owner): expected a table of options, got \(value.typeName)")
    }
    table = value.tableValue ?? LuaTable()
    self.owner = owner
    for name in table.names where !known.contains(name) {
      throw DeclarationError(
        "\(owner): unknown option \"\(name)\"\(NearestName.hint(name, in: known)); options are "
          + known.joined(separator: ", "))
    }
    if !table.items.isEmpty {
      throw DeclarationError("\(owner): expected named options, got a list")
    }
  }

  /// The value of an option; nil where it is not given.
  public subscript(name: String) -> LuaValue { table[name] }

  /// Whether an option is given.
  public func has(_ name: String) -> Bool { table[name] != .nil }

  /// A whole number of a range.
  public func integer(_ name: String, _ fallback: Int, in range: ClosedRange<Int>) throws -> Int {
    guard has(name) else { return fallback }
    guard let number = table[name].integerValue, range.contains(number) else {
      throw wrong(name, "a whole number of at least \(range.lowerBound)")
    }
    return number
  }

  /// A number.
  public func number(_ name: String, _ fallback: Double) throws -> Double {
    guard has(name) else { return fallback }
    guard let number = table[name].numberValue else { throw wrong(name, "a number") }
    return number
  }

  /// True or false.
  public func flag(_ name: String, _ fallback: Bool = false) throws -> Bool {
    guard has(name) else { return fallback }
    guard case .boolean(let flag) = table[name] else { throw wrong(name, "true or false") }
    return flag
  }

  /// A string.
  public func text(_ name: String, _ fallback: String) throws -> String {
    guard has(name) else { return fallback }
    guard let text = table[name].stringValue else { throw wrong(name, "a string") }
    return text
  }

  private func number(_ value: LuaValue, _ name: String) throws -> Double {
    guard let number = value.numberValue else { throw wrong(name, "a number", value) }
    return number
  }

  /// The options of an optimizer or a schedule: numbers, lists of them, switches and names.
  func settings(_ name: String) throws -> [String: Setting] {
    guard has(name) else { return [:] }
    guard let given = table[name].tableValue else { throw wrong(name, "a table") }
    var result: [String: Setting] = [:]
    for key in given.names {
      switch given[key] {
      case .boolean(let flag): result[key] = .flag(flag)
      case .string(let text): result[key] = .text(text)
      case .table(let list) where !list.items.isEmpty:
        result[key] = .numbers(try list.items.map { try number($0, "\(name).\(key)") })
      default: result[key] = .number(try number(given[key], "\(name).\(key)"))
      }
    }
    return result
  }

  private func wrong(
    _ name: String, _ expected: String, _ given: LuaValue? = nil
  ) -> DeclarationError {
    let value = given ?? table[name]
    let shown = value.numberValue.map { "\($0)" } ?? value.stringValue ?? value.typeName
    return DeclarationError("\(owner): \(name) must be \(expected), got \(shown)")
  }
}

extension LuaValue {
  /// The strings of a list.
  ///
  /// - Throws: `DeclarationError` naming the item that is none.
  public func texts(_ owner: String) throws -> [String] {
    guard let items = tableValue?.items else {
      throw DeclarationError("\(owner): expected a list of strings, got \(typeName)")
    }
    return try items.enumerated().map { index, item in
      if let text = item.stringValue { return text }
      if case .bytes(let bytes) = item { return String(decoding: bytes, as: UTF8.self) }
      throw DeclarationError("\(owner): item \(index + 1) is no string but a \(item.typeName)")
    }
  }

  /// A list of strings for a script.
  static func list(_ texts: [String]) -> LuaValue {
    .table(LuaTable(items: texts.map(LuaValue.string)))
  }

  /// A list of numbers for a script.
  static func list(_ numbers: [Double]) -> LuaValue {
    .table(LuaTable(items: numbers.map(LuaValue.number)))
  }
}
