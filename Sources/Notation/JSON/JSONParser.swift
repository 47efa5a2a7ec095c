/// Why some text is not JSON.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// Byte position in the text, from 0.
  public var offset: Int
  /// What was expected or found there.
  public var reason: String

  public var description: String { "byte \(offset): \(reason)" }
}

extension JSONValue {
  /// Reads one JSON value that fills the whole text.
  ///
  /// - Parameter text: UTF-8 bytes.
  /// - Throws: `JSONError` with the byte position, also for repeated names.
  public init(parsing text: some Sequence<UInt8>) throws(JSONError) {
    self = try JSONParser.parse(Array(text))
  }
}

/// Reads JSON into values, keeping the order of fields and integers apart from numbers.
struct JSONParser {
  let bytes: [UInt8]
  var position = 0
  private var depth = 0
  private static let deepest = 128

  static func parse(_ text: [UInt8]) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: text)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == parser.bytes.count else {
      throw parser.error("expected the end of the text")
    }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try nested { p throws(JSONError) in try p.object() })
    case UInt8(ascii: "["): return .list(try nested { p throws(JSONError) in try p.list() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw error("expected a value, found the end of the text")
    default: return try number()
    }
  }

  private mutating func nested<Result>(
    _ body: (inout JSONParser) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("nested deeper than \(Self.deepest)") }
    return try body(&self)
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    var fields: [(String, JSONValue)] = []
    var names: Set<String> = []
    try items(closing: UInt8(ascii: "}")) { p throws(JSONError) in
      guard p.peek == UInt8(ascii: "\"") else { throw p.error("expected a field name in quotes") }
      let start = p.position
      let name = try p.string()
      guard names.insert(name).inserted else {
        throw JSONError(offset: start, reason: "field '\(name)' is repeated")
      }
      p.skipSpace()
      guard p.take(UInt8(ascii: ":")) else { throw p.error("expected ':'") }
      fields.append((name, try p.value()))
    }
    return JSONObject(distinct: fields)
  }

  private mutating func list() throws(JSONError) -> [JSONValue] {
    var values: [JSONValue] = []
    try items(closing: UInt8(ascii: "]")) { p throws(JSONError) in values.append(try p.value()) }
    return values
  }

  /// Reads comma-separated items up to and including the closing bracket.
  private mutating func items(
    closing: UInt8, item: (inout JSONParser) throws(JSONError) -> Void
  ) throws(JSONError) {
    position += 1
    skipSpace()
    if take(closing) { return }
    while true {
      skipSpace()
      try item(&self)
      skipSpace()
      if take(closing) { return }
      guard take(UInt8(ascii: ",")) else {
        throw error("expected ',' or '\(Character(UnicodeScalar(closing)))'")
      }
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: text.utf8) else { throw error("expected '\(text)'") }
    position += text.utf8.count
    return value
  }

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  func error(_ reason: String) -> JSONError {
    JSONError(offset: position, reason: reason)
  }
}
