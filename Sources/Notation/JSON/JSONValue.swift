/// A JSON value that keeps the order of fields, and integers apart from numbers.
///
/// NaN and the infinities, which JSON lacks, are written as the strings `"NaN"`, `"Infinity"` and
/// `"-Infinity"`, which `double` reads back.
public enum JSONValue: Hashable, Sendable {
  /// Nothing.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number; written without a decimal point.
  case integer(Int64)
  /// A float64; written in the fewest digits that read back as the same bits.
  case number(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case list([JSONValue])
  /// Named values in order.
  case object(JSONObject)

  /// The value as float64, for integers and numbers, and for the strings that stand for NaN and
  /// the infinities.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    default: nil
    }
  }

  /// The value as a whole number, for integers.
  public var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The value as a whole number of the machine's width, for integers.
  public var int: Int? { integer.flatMap { Int(exactly: $0) } }

  /// The text, for strings.
  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The named values, for objects.
  public var object: JSONObject? {
    guard case .object(let value) = self else { return nil }
    return value
  }

  /// The values, for lists.
  public var list: [JSONValue]? {
    guard case .list(let values) = self else { return nil }
    return values
  }

  /// The truth value, for booleans.
  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The value of a name of an object, or nil where there is none.
  public subscript(name: String) -> JSONValue? { object?[name] }

  /// What kind of value this is, with its article, for error messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// Makes null.
  public init(nilLiteral: ()) { self = .null }
  /// Makes a boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes an integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a list.
  public init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
  /// Makes an object with the fields in their order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}
