import Notation

/// Reads rows of `prompt` and `completion`, or of `prompt` and a list `completions`.
struct CompletionFile {
  private static let texts = ["prompt", "completion", "completions"]
  private static let expected =
    "a JSON object with \"prompt\" and \"completion\" or \"completions\""
  /// Lists that are named for what one completion has.
  private static let singular = ["rewards": "reward", "labels": "label"]

  private var set: CompletionSet?

  static func load(_ path: String) throws -> CompletionSet {
    var reader = CompletionFile()
    try DataRow.forEach(in: path, expected: expected) { try reader.add($0) }
    guard let set = reader.set else {
      throw FileError(path, "expected rows of completions, found an empty file")
    }
    return set
  }

  static func read(_ values: [JSONValue], _ name: String) throws -> CompletionSet {
    var reader = CompletionFile()
    for (index, value) in values.enumerated() {
      try reader.add(DataRow(value, path: name, line: index + 1, expected: expected))
    }
    guard let set = reader.set else { throw FileError(name, "expected rows, found none") }
    return set
  }

  private mutating func add(_ row: DataRow) throws {
    let form: CompletionSet.Form = row["completions"] == nil ? .completions : .groups
    let isFirst = set == nil
    var set = set ?? CompletionSet(form: form)
    guard form == set.form else {
      throw row.fault(
        "the rows before have \"\(set.form == .groups ? "completions" : "completion")\", "
          + "and so must this one")
    }
    let members = try Self.members(row, form)
    set.rows.append(.init(prompt: try row.text("prompt"), members: members))
    for (name, values) in try Self.numbers(row, members.count, form).sorted(by: { $0.key < $1.key })
    {
      switch values {
      case .row(let value):
        try Self.append(value, to: &set.columns[name], set.count, name, row, isFirst)
        if form == .completions {
          set.memberNumbers[name] = (set.memberNumbers[name] ?? []) + [[value]]
        }
      case .members(let list):
        try Self.append(list, to: &set.memberNumbers[name], set.count, name, row, isFirst)
      }
    }
    for name in Set(set.columns.keys).union(set.memberNumbers.keys).sorted()
    where (set.columns[name]?.count ?? set.memberNumbers[name]?.count) != set.count {
      throw row.fault("\"\(name)\" is a number in the rows before and must be in every row")
    }
    self.set = set
  }

  private static func members(_ row: DataRow, _ form: CompletionSet.Form) throws -> [String] {
    if form == .completions { return [try row.text("completion")] }
    guard let list = row["completions"]?.list, !list.isEmpty else {
      throw row.fault("\"completions\" must be a list of at least one string")
    }
    return try list.map { try row.text($0, "completions") }
  }

  private enum Numbers {
    case row(Double)
    case members([Double])
  }

  private static func numbers(
    _ row: DataRow, _ count: Int, _ form: CompletionSet.Form
  ) throws -> [String: Numbers] {
    var result: [String: Numbers] = [:]
    for field in row.fields where !texts.contains(field.name) {
      if let number = DataRow.number(field.value) {
        guard number.isFinite else { throw row.fault("\"\(field.name)\" must be finite") }
        result[field.name] = .row(number)
      } else if form == .groups, let list = field.value.list {
        let numbers = list.compactMap(DataRow.number)
        guard numbers.count == count, list.count == count, numbers.allSatisfy(\.isFinite) else {
          throw row.fault(
            "\"\(field.name)\" must be a list of \(count) finite numbers, one for each completion")
        }
        result[singular[field.name] ?? field.name] = .members(numbers)
      }
    }
    return result
  }

  private static func append<Value>(
    _ value: Value, to list: inout [Value]?, _ count: Int, _ name: String, _ row: DataRow,
    _ isFirst: Bool
  ) throws {
    guard isFirst || list != nil else {
      throw row.fault(
        "\"\(name)\" is a number here but not in the first row; a number must be in every row")
    }
    list = (list ?? []) + [value]
  }
}

extension CompletionSet {
  /// Reads a file of completions, the whole of it or nothing.
  ///
  /// Each line is an object with the strings `prompt` (may be empty) and `completion`, or with
  /// `prompt` and a list `completions`. Numbers and booleans beside are columns; lists of numbers
  /// beside `completions`, one a completion, are numbers of the completions: `rewards`, `labels`.
  /// Other fields are ignored.
  ///
  /// - Parameter path: a UTF-8 JSON Lines file.
  /// - Returns: its rows.
  /// - Throws: `FileError` naming file, line, what was expected and what was found.
  public static func load(_ path: String) throws -> CompletionSet {
    try CompletionFile.load(path)
  }

  /// The same from rows in memory.
  ///
  /// - Parameters:
  ///   - rows: an object each, at least one.
  ///   - name: what errors call them.
  /// - Returns: the rows.
  /// - Throws: `FileError` naming row, what was expected and what was found.
  public static func read(_ rows: [JSONValue], name: String) throws -> CompletionSet {
    try CompletionFile.read(rows, name)
  }
}
