/// The text of an expression, `sub(softplus(neg(margin)), 0.5)`, which records keep.
extension LossExpression: CustomStringConvertible {
  public var description: String {
    switch self {
    case .input(let input): input.rawValue
    case .constant(let number): Self.text(number)
    case .operation(let operation, let operands):
      "\(operation.rawValue)(\(operands.map(\.description).joined(separator: ", ")))"
    }
  }

  /// The shortest text that reads back as the number.
  static func text(_ number: Double) -> String {
    number == number.rounded() && Swift.abs(number) < 1e15
      ? String(Int(number)) : number.description
  }

  /// Reads what `description` gave; nil for any other text.
  public init?(_ text: String) {
    var reader = ExpressionReader(text)
    guard let expression = reader.expression(), reader.isAtEnd else { return nil }
    self = expression
  }
}

/// Reads the text of an expression.
private struct ExpressionReader {
  private var rest: Substring
  private var depth = 0
  /// Deeper text is none of ours.
  private static let deepest = 200

  init(_ text: String) { rest = text[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func expression() -> LossExpression? {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { return nil }
    let word = String(rest.prefix { $0.isLetter || $0.isNumber || "_.+-".contains($0) })
    rest = rest.dropFirst(word.count)
    guard take("(") else {
      if let input = ExpressionInput(rawValue: word) { return .input(input) }
      return Double(word).flatMap { $0.isFinite ? .constant($0) : nil }
    }
    guard let operation = ExpressionOperator(rawValue: word) else { return nil }
    var operands: [LossExpression] = []
    repeat {
      guard let operand = expression() else { return nil }
      operands.append(operand)
    } while take(", ")
    guard take(")"), operands.count == operation.arity else { return nil }
    return .operation(operation, operands)
  }

  private mutating func take(_ text: String) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }
}
