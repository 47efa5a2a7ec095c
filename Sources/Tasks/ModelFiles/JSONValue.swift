import Foundation

/// A JSON value whose objects keep the order of their keys, for files that people read and diff.
///
/// Parsing goes through Foundation, which forgets the order: parsed objects are sorted by key.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One key of an object and its value.
  public struct Member: Sendable, Equatable {
    /// The key.
    public let key: String
    /// The value.
    public let value: JSONValue

    /// Pairs a key with its value.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Returns the value of a key of an object, or nil where there is none.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text of a string, else nil.
  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// An integer, else nil.
  public var int: Int? {
    guard case .integer(let value) = self else { return nil }
    return Int(exactly: value)
  }

  /// The elements of an array, else nil.
  public var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members of an object, else nil.
  public var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// What kind of value this is, with its article, for error messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Null.
  public init(nilLiteral: ()) { self = .null }
  /// A list.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object, keys as written.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

extension JSONValue {
  /// Parses one JSON value.
  ///
  /// - Parameter bytes: UTF-8 text of one value.
  /// - Throws: `JSONSyntaxError` where the text is not JSON.
  public init(parsing bytes: Data) throws {
    let parsed: Any
    do {
      parsed = try JSONSerialization.jsonObject(with: bytes, options: [.fragmentsAllowed])
    } catch {
      let details = (error as NSError).userInfo["NSDebugDescription"] as? String
      throw JSONSyntaxError(description: details ?? "the text is not JSON")
    }
    self = JSONValue(foundation: parsed)
  }

  private init(foundation value: Any) {
    switch value {
    case let text as String: self = .string(text)
    case let number as NSNumber:
      // Foundation's only one-byte numbers here are its booleans.
      let type = UInt8(bitPattern: number.objCType[0])
      if type == UInt8(ascii: "c") || type == UInt8(ascii: "B") {
        self = .bool(number.boolValue)
      } else if type == UInt8(ascii: "d") || type == UInt8(ascii: "f") {
        self = .number(number.doubleValue)
      } else if let exact = Int64(exactly: number) {
        self = .integer(exact)
      } else {
        self = .number(number.doubleValue)
      }
    case let elements as [Any]: self = .array(elements.map { JSONValue(foundation: $0) })
    case let members as [String: Any]:
      self = .object(
        members.sorted { $0.key < $1.key }
          .map { Member($0.key, JSONValue(foundation: $0.value)) })
    default: self = .null
    }
  }
}

/// Text that is not JSON.
public struct JSONSyntaxError: Error, Sendable, CustomStringConvertible {
  /// What the parser met, and where.
  public let description: String
}
