import Foundation
import Notation

/// Reads preference files: JSON Lines with `prompt`, `chosen` and `rejected` in every row.
///
/// Every other field that holds a number or a boolean is a column, and every row must have it.
/// Other fields that hold text, lists or objects are ignored. Blank lines are skipped.
struct PreferenceFile {
  private static let textFields = ["prompt", "chosen", "rejected"]

  private let path: String
  private var rows = PreferenceSet()
  private var columns: [String]?
  private var firstRow = 0

  private init(path: String) {
    self.path = path
  }

  /// Reads a whole file or nothing.
  ///
  /// - Parameter path: the file.
  /// - Returns: its rows.
  /// - Throws: `FileError` naming file, line, what was expected and what was found.
  static func load(_ path: String) throws -> PreferenceSet {
    var reader = PreferenceFile(path: path)
    try TextLines.forEach(in: path) { line in
      if !line.isBlank { try reader.add(line) }
    }
    guard reader.rows.count > 0 else {
      throw FileError(path, "expected preference rows, found an empty file")
    }
    return reader.rows
  }

  private mutating func add(_ line: TextLine) throws {
    let members = try object(on: line)
    let texts = try Self.textFields.map { try text($0, of: members, line.number) }
    var numbers: [String: Double] = [:]
    for member in members where !Self.textFields.contains(member.name) {
      if let value = Self.number(member.value) { numbers[member.name] = value }
    }
    if columns == nil {
      firstRow = line.number
      columns = numbers.keys.sorted()
      rows = PreferenceSet(columns: numbers.keys.sorted())
    }
    let values = try values(of: numbers, members, line.number)
    rows.append(prompt: texts[0], chosen: texts[1], rejected: texts[2], numbers: values)
  }

  private func object(on line: TextLine) throws -> [JSONObject.Field] {
    let expected = "expected a JSON object with \"prompt\", \"chosen\" and \"rejected\""
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Data(line.text.utf8))
    } catch {
      let message = "\(expected), found text that is not JSON (\(error))"
      throw FileError(path, line: line.number, message)
    }
    guard let members = value.object?.fields else {
      let hint = value.list == nil ? "" : "; write one object a line, not one list of them"
      throw FileError(path, line: line.number, "\(expected), found \(value.kind)\(hint)")
    }
    return members
  }

  private func text(_ field: String, of members: [JSONObject.Field], _ line: Int) throws -> String {
    guard let value = members.first(where: { $0.name == field })?.value else {
      let names = members.map { "\"\($0.name)\"" }.joined(separator: ", ")
      let found = members.isEmpty ? "found no field" : "found \(names)"
      let hint = field == "prompt" ? " (write \"prompt\": \"\" for data without prompts)" : ""
      throw FileError(path, line: line, "the field \"\(field)\" is missing\(hint); \(found)")
    }
    guard let text = value.string else {
      throw FileError(path, line: line, wrongType(field, value))
    }
    guard field == "prompt" || text.contains(where: { !$0.isWhitespace }) else {
      throw FileError(path, line: line, "\"\(field)\" must hold text, found an empty string")
    }
    return text
  }

  private func wrongType(_ field: String, _ value: JSONValue) -> String {
    if let messages = value.list, messages.contains(where: { $0["role"] != nil }) {
      return "\"\(field)\" is a list of \(messages.count) chat messages, expected one string:"
        + " render the messages to text with the model's chat template first"
    }
    return "\"\(field)\" must be a string, found \(value.kind)"
  }

  private func values(
    of numbers: [String: Double], _ members: [JSONObject.Field], _ line: Int
  ) throws -> [Double] {
    let columns = columns ?? []
    for name in numbers.keys.sorted() where !columns.contains(name) {
      let message =
        "\"\(name)\" is a number here but not in the first row (line \(firstRow));"
        + " a numeric column must be in every row"
      throw FileError(path, line: line, message)
    }
    return try columns.map { name in
      if let value = numbers[name], value.isFinite { return value }
      let found = members.first { $0.name == name }?.value.kind ?? "no such field"
      let message =
        "the numeric column \"\(name)\" (in the first row, line \(firstRow))"
        + " must be a finite number in every row, found \(found)"
      throw FileError(path, line: line, message)
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
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
}
