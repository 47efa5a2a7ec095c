import Foundation

extension JSONValue {
  /// Returns the value as JSON text, keys in their order.
  ///
  /// Numbers are the shortest text that reads back as the same double. JSON has no infinities:
  /// a number that is not finite becomes `null`.
  ///
  /// - Parameter indent: spaces per level; 0 writes one line.
  /// - Returns: the text, without a line end.
  public func text(indent: Int = 0) -> String {
    var out = ""
    append(to: &out, indent: indent, level: 0)
    return out
  }

  /// Writes the value to a file, whole or not at all, with two-space indentation.
  ///
  /// - Parameter path: the file, replaced where it exists.
  /// - Throws: `FileError` when the disk refuses.
  public func write(to path: String) throws {
    var file = try AtomicFile(path)
    try file.write(text(indent: 2))
    try file.write("\n")
    try file.commit()
  }

  /// Reads a file that holds one JSON value.
  ///
  /// - Parameter path: the file.
  /// - Returns: the value.
  /// - Throws: `FileError` where it cannot be read or is not JSON.
  public static func read(from path: String) throws -> JSONValue {
    let bytes = try readWholeFile(path)
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw FileError(path, "expected JSON: \(error)")
    }
  }

  private func append(to out: inout String, indent: Int, level: Int) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += value.isFinite ? "\(value)" : "null"
    case .string(let text): JSONValue.quote(text, into: &out)
    case .array(let elements):
      JSONValue.list(elements, "[", "]", to: &out, indent: indent, level: level) { element, out in
        element.append(to: &out, indent: indent, level: level + 1)
      }
    case .object(let members):
      JSONValue.list(members, "{", "}", to: &out, indent: indent, level: level) { member, out in
        JSONValue.quote(member.key, into: &out)
        out += indent > 0 ? ": " : ":"
        member.value.append(to: &out, indent: indent, level: level + 1)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ opening: String, _ closing: String, to out: inout String,
    indent: Int, level: Int, each: (Element, inout String) -> Void
  ) {
    out += opening
    for (index, element) in elements.enumerated() {
      if index > 0 { out += "," }
      newLine(in: &out, indent: indent, level: level + 1)
      each(element, &out)
    }
    if !elements.isEmpty { newLine(in: &out, indent: indent, level: level) }
    out += closing
  }

  private static func newLine(in out: inout String, indent: Int, level: Int) {
    guard indent > 0 else { return }
    out += "\n"
    out += String(repeating: " ", count: indent * level)
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      // Line separators are legal in JSON but break tools that split files at them.
      case "\u{2028}": out += "\\u2028"
      case "\u{2029}": out += "\\u2029"
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}

/// Reads a whole file.
///
/// - Parameter path: the file.
/// - Returns: its bytes.
/// - Throws: `FileError` where it cannot be read.
func readWholeFile(_ path: String) throws -> Data {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw FileError(path, "no such file")
  }
  guard !isFolder.boolValue else { throw FileError(path, "expected a file, found a folder") }
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path), options: [])
  } catch {
    throw FileError(path, "cannot read: \(error.localizedDescription)")
  }
}
