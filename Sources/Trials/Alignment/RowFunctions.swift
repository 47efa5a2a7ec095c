import LuaBindings
import LuaRuntime
import Tasks

/// Calls of the functions of rows that a script gave.
struct RowFunctions {
  let lua: LuaState
  let set: CompletionSet

  /// A row as a script sees it: `prompt`, `completion`, every number by its name, and `chosen`
  /// and `rejected`, or `completions`, where there are several.
  private func table(_ row: Int, _ member: Int) -> LuaTable {
    let texts = set.rows[row]
    var table = LuaTable()
    table["prompt"] = .string(texts.prompt)
    table["completion"] = .string(texts.members[member])
    switch set.form {
    case .pairs:
      table["chosen"] = .string(texts.members[0])
      table["rejected"] = .string(texts.members[1])
    case .groups: table["completions"] = .list(texts.members)
    case .completions: break
    }
    for name in set.columns.keys.sorted() {
      table[name] = set.columns[name].map { .number($0[row]) } ?? .nil
    }
    for name in set.memberNumbers.keys.sorted() {
      table[name] = set.memberNumbers[name].map { .number($0[row][member]) } ?? .nil
    }
    return table
  }

  /// The text that a function makes of a row.
  ///
  /// - Throws: `LuaError` from the function; `DeclarationError` where it returns no text.
  func text(_ function: LuaFunction, _ name: String, row: Int, member: Int) throws -> String {
    let results = try lua.call(function, [.table(table(row, member))])
    guard let text = results.first?.stringValue else {
      throw DeclarationError(
        "align: \(name) must return a string, got \(results.first?.typeName ?? "nothing") for "
          + "row \(row + 1)")
    }
    return text
  }

  /// The numbers that a function makes of a completion: one, or one a token.
  ///
  /// - Throws: `LuaError` from the function; `DeclarationError` where it returns anything else.
  func numbers(
    _ function: LuaFunction, _ input: InputDeclaration, row: Int, member: Int,
    tokens: [LuaValue]
  ) throws -> [Float] {
    let arguments: [LuaValue] = [.table(table(row, member)), .table(LuaTable(items: tokens))]
    let result = try lua.call(function, arguments).first ?? .nil
    let isWide = input.isPerToken
    let items = isWide ? result.tableValue?.items ?? [] : [result]
    let numbers = items.compactMap(\.numberValue).map { Float($0) }
    guard numbers.count == items.count, numbers.count == (isWide ? tokens.count : 1),
      numbers.allSatisfy(\.isFinite)
    else {
      let wanted =
        isWide ? "a list of \(tokens.count) finite numbers, one a token" : "a finite number"
      let found = isWide && !items.isEmpty ? "\(items.count) values" : result.typeName
      throw DeclarationError(
        "align: side.\(input.name) must return \(wanted), got \(found) for row \(row + 1)")
    }
    return numbers
  }
}
