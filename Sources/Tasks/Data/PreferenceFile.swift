import Notation

/// Reads preference rows: `prompt`, `chosen` and `rejected` in every one.
///
/// Every other field that holds a number or a boolean is a column, and every row must have it.
/// Other fields that hold text, lists or objects are ignored. Blank lines are skipped.
struct PreferenceFile {
  private static let textFields = ["prompt", "chosen", "rejected"]
  private static let expected = "a JSON object with \"prompt\", \"chosen\" and \"rejected\""

  private var rows = PreferenceSet()
  private var columns: [String]?
  private var firstRow = 0

  /// Reads a whole file or nothing.
  static func load(_ path: String) throws -> PreferenceSet {
    var reader = PreferenceFile()
    try DataRow.forEach(in: path, expected: expected) { try reader.add($0) }
    guard reader.rows.count > 0 else {
      throw FileError(path, "expected preference rows, found an empty file")
    }
    return reader.rows
  }

  /// Reads rows that a script wrote, all or none.
  static func read(_ values: [JSONValue], _ name: String) throws -> PreferenceSet {
    var reader = PreferenceFile()
    for (index, value) in values.enumerated() {
      try reader.add(DataRow(value, path: name, line: index + 1, expected: expected))
    }
    return reader.rows
  }

  private mutating func add(_ row: DataRow) throws {
    let texts = try Self.textFields.map(row.text)
    var numbers: [String: Double] = [:]
    for field in row.fields where !Self.textFields.contains(field.name) {
      if let value = DataRow.number(field.value) { numbers[field.name] = value }
    }
    if columns == nil {
      firstRow = row.line
      columns = numbers.keys.sorted()
      rows = PreferenceSet(columns: numbers.keys.sorted())
    }
    rows.append(
      prompt: texts[0], chosen: texts[1], rejected: texts[2], numbers: try values(numbers, row))
  }

  private func values(_ numbers: [String: Double], _ row: DataRow) throws -> [Double] {
    let columns = columns ?? []
    for name in numbers.keys.sorted() where !columns.contains(name) {
      throw row.fault(
        "\"\(name)\" is a number here but not in the first row (line \(firstRow));"
          + " a numeric column must be in every row")
    }
    return try columns.map { name in
      if let value = numbers[name], value.isFinite { return value }
      throw row.fault(
        "the numeric column \"\(name)\" (in the first row, line \(firstRow))"
          + " must be a finite number in every row, found \(row[name]?.kind ?? "no such field")")
    }
  }
}

extension PreferenceSet {
  /// Reads a preference file in the Hugging Face layout, the whole of it or nothing.
  ///
  /// Each line is an object with the strings `prompt` (may be empty), `chosen` and `rejected`.
  /// Every further number or boolean is a column that all rows must have; other fields are ignored.
  ///
  /// - Parameter path: a UTF-8 JSON Lines file.
  /// - Returns: its rows.
  /// - Throws: `FileError` naming file, line, what was expected and what was found.
  public static func load(_ path: String) throws -> PreferenceSet {
    try PreferenceFile.load(path)
  }

  /// The same from rows in memory.
  ///
  /// - Parameters:
  ///   - rows: an object each.
  ///   - name: what errors call them.
  /// - Returns: the rows.
  /// - Throws: `FileError` naming row, what was expected and what was found.
  public static func read(_ rows: [JSONValue], name: String) throws -> PreferenceSet {
    try PreferenceFile.read(rows, name)
  }
}
