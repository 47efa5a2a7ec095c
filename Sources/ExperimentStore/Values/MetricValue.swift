/// A value that a run records: what JSON can hold, with integers kept apart from numbers.
///
/// NaN and the infinities, which JSON lacks, are written as the strings `"NaN"`, `"Infinity"` and
/// `"-Infinity"`; strings of exactly these spellings are read back as numbers. There is no null:
/// what is absent has no key.
public enum MetricValue: Equatable, Sendable {
  /// True or false.
  case bool(Bool)
  /// A whole number; written without a decimal point.
  case integer(Int64)
  /// A float64; written in the fewest digits that read back as the same bits.
  case number(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case list([MetricValue])
  /// Named values in order.
  case object(MetricObject)

  /// The value as float64, for integers and numbers.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value as a whole number, for integers.
  public var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The text, for strings.
  public var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The named values, for objects.
  public var object: MetricObject? {
    guard case .object(let value) = self else { return nil }
    return value
  }

  /// The values, for lists.
  public var list: [MetricValue]? {
    guard case .list(let values) = self else { return nil }
    return values
  }

  /// The truth value, for booleans.
  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }
}

/// Named values that keep the order they were given in.
public struct MetricObject: Equatable, Sendable {
  /// One name with its value.
  public struct Field: Equatable, Sendable {
    /// The name, unique in its object.
    public var name: String
    /// The value.
    public var value: MetricValue
  }

  /// The fields in declared order.
  public private(set) var fields: [Field] = []

  /// Makes an object without fields.
  public init() {}

  /// Makes an object of pairs in their order; of a repeated name the last value holds.
  public init(_ pairs: some Sequence<(String, MetricValue)>) {
    for (name, value) in pairs { self[name] = value }
  }

  /// The names in declared order.
  public var names: [String] { fields.map(\.name) }

  /// The value of a name; setting a new name appends it, setting nil removes it.
  public subscript(name: String) -> MetricValue? {
    get { fields.first { $0.name == name }?.value }
    set {
      let index = fields.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): fields[index].value = value
      case (let index?, nil): fields.remove(at: index)
      case (nil, let value?): fields.append(Field(name: name, value: value))
      case (nil, nil): break
      }
    }
  }
}

extension MetricObject: ExpressibleByDictionaryLiteral {
  /// Makes an object of the pairs in their order; of a repeated name the last value holds.
  public init(dictionaryLiteral elements: (String, MetricValue)...) {
    self.init(elements)
  }
}

extension MetricValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// Makes a boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes an integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a list.
  public init(arrayLiteral elements: MetricValue...) { self = .list(elements) }
  /// Makes an object with the fields in their order.
  public init(dictionaryLiteral elements: (String, MetricValue)...) {
    self = .object(MetricObject(elements))
  }
}
