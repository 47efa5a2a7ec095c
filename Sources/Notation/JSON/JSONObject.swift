/// Named values that keep the order they were given in.
public struct JSONObject: Hashable, Sendable {
  /// One name with its value.
  public struct Field: Hashable, Sendable {
    /// The name, unique in its object.
    public var name: String
    /// The value.
    public var value: JSONValue
  }

  /// The fields in declared order.
  public private(set) var fields: [Field] = []

  /// Makes an object without fields.
  public init() {}

  /// Makes an object of pairs whose names are known to differ; quick for many.
  public init(distinct pairs: some Sequence<(String, JSONValue)>) {
    fields = pairs.map { Field(name: $0.0, value: $0.1) }
  }

  /// Makes an object of pairs in their order; of a repeated name the last value holds.
  public init(_ pairs: some Sequence<(String, JSONValue)>) {
    for (name, value) in pairs { self[name] = value }
  }

  /// The names in declared order.
  public var names: [String] { fields.map(\.name) }

  /// The value of a name; setting a new name appends it, setting nil removes it.
  public subscript(name: String) -> JSONValue? {
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

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Makes an object of the pairs in their order; of a repeated name the last value holds.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements)
  }
}

/// Encoded as its compact text, so that the order of the fields survives any coder.
extension JSONObject: Codable {
  /// Reads the text of an object.
  ///
  /// - Throws: `DecodingError` for text that is no object.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let object = try? JSONValue(parsing: text.utf8).object else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected the text of a JSON object")
    }
    self = object
  }

  /// Writes the compact text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(JSONValue.object(self).compactText)
  }
}
