import Foundation
import Notation

/// One row of a data file or of a list of rows: a JSON object, and where it stands.
struct DataRow {
  /// The file, or what else holds the rows, as errors call it.
  let path: String
  /// From 1.
  let line: Int
  /// The fields in their order.
  let fields: [JSONObject.Field]

  /// Parses a line.
  ///
  /// - Parameters:
  ///   - line: JSON.
  ///   - path: where it stands.
  ///   - expected: how errors call a right row: `an object with "prompt"`.
  /// - Throws: `FileError` for anything but an object.
  init(_ line: TextLine, path: String, expected: String) throws {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Data(line.text.utf8))
    } catch {
      let message = "expected \(expected), found text that is not JSON (\(error))"
      throw FileError(path, line: line.number, message)
    }
    try self.init(value, path: path, line: line.number, expected: expected)
  }

  /// Takes a value as a row.
  ///
  /// - Throws: `FileError` for anything but an object.
  init(_ value: JSONValue, path: String, line: Int, expected: String) throws {
    guard let fields = value.object?.fields else {
      let hint = value.list == nil ? "" : "; write one object a line, not one list of them"
      throw FileError(path, line: line, "expected \(expected), found \(value.kind)\(hint)")
    }
    (self.path, self.line, self.fields) = (path, line, fields)
  }

  /// Every row of a file that is not blank.
  static func forEach(
    in path: String, expected: String, _ body: (DataRow) throws -> Void
  ) throws {
    try TextLines.forEach(in: path) { line in
      if !line.isBlank { try body(DataRow(line, path: path, expected: expected)) }
    }
  }

  /// The value of a field, or nil.
  subscript(name: String) -> JSONValue? { fields.first { $0.name == name }?.value }

  /// A fault of this row.
  func fault(_ message: String) -> FileError { FileError(path, line: line, message) }

  /// The text of a field that must be there; only a prompt may be empty.
  func text(_ field: String) throws -> String {
    guard let value = self[field] else {
      let names = fields.map { "\"\($0.name)\"" }.joined(separator: ", ")
      let found = names.isEmpty ? "found no field" : "found \(names)"
      let hint = field == "prompt" ? " (write \"prompt\": \"\" for data without prompts)" : ""
      throw fault("the field \"\(field)\" is missing\(hint); \(found)")
    }
    return try text(value, field)
  }

  /// The text of a value of a field.
  func text(_ value: JSONValue, _ field: String) throws -> String {
    guard let text = value.string else { throw fault(Self.wrongType(field, value)) }
    guard field == "prompt" || text.contains(where: { !$0.isWhitespace }) else {
      throw fault("\"\(field)\" must hold text, found an empty string")
    }
    return text
  }

  private static func wrongType(_ field: String, _ value: JSONValue) -> String {
    if let messages = value.list, messages.contains(where: { $0["role"] != nil }) {
      return "\"\(field)\" is a list of \(messages.count) chat messages, expected one string:"
        + " render the messages to text with the model's chat template first"
    }
    return "\"\(field)\" must be a string, found \(value.kind)"
  }

  /// A number or a truth value as a number, else nil.
  static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }
}
