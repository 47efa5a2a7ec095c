extension JSONValue {
  /// One line without spaces, as in logs: fields in their order, numbers in their shortest exact
  /// form, so that equal values are equal bytes.
  public var compactText: String {
    var text = ""
    JSONText.write(self, to: &text, indent: nil)
    return text
  }

  /// Indented by two spaces and ended by a line feed, as in files that people open.
  public var indentedText: String {
    var text = ""
    JSONText.write(self, to: &text, indent: 0)
    return text + "\n"
  }
}

/// Writes values as JSON.
private enum JSONText {
  static func write(_ value: JSONValue, to text: inout String, indent: Int?) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += number(value)
    case .string(let value): quote(value, to: &text)
    case .list(let values):
      writeItems(values, between: ("[", "]"), to: &text, indent: indent) { value, text, indent in
        write(value, to: &text, indent: indent)
      }
    case .object(let object):
      writeItems(object.fields, between: ("{", "}"), to: &text, indent: indent) {
        field, text, indent in
        quote(field.name, to: &text)
        text += indent == nil ? ":" : ": "
        write(field.value, to: &text, indent: indent)
      }
    }
  }

  private static func writeItems<Item>(
    _ items: [Item], between brackets: (String, String), to text: inout String, indent: Int?,
    item: (Item, inout String, Int?) -> Void
  ) {
    text += brackets.0
    let inner = indent.map { $0 + 2 }
    for (index, element) in items.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      item(element, &text, inner)
    }
    if let indent, !items.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
    text += brackets.1
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "\"NaN\"" }
    if value.isInfinite { return value < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
    // Swift prints the shortest decimal that reads back as the same float64.
    return value.description
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // Line separators are legal in JSON but break tools that split files at them.
      case "\u{2028}": text += "\\u2028"
      case "\u{2029}": text += "\\u2029"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
