/// A piece of code, and how tightly its outermost operator binds.
struct Phrase: Equatable {
  var text: String
  var binding: Int
  /// Whether it is a plain number of the language rather than an array.
  var isNumber = false
  /// For a 0-based index whose language counts from 1: the same from 1.
  var fromOne: String?

  /// Binds tighter than any operator.
  static let atom = 20

  static func atom(_ text: String, isNumber: Bool = false) -> Phrase {
    Phrase(text: text, binding: atom, isNumber: isNumber)
  }

  /// The text, in brackets where `least` asks for a tighter binding.
  func bound(_ least: Int, _ open: String = "(", _ close: String = ")") -> String {
    binding >= least ? text : open + text + close
  }
}

/// A spelling such as `#1 - #2` or `torch.exp(#1)`, and the filling in of operands.
///
/// The binding of the whole is that of its weakest operator outside brackets; operands get
/// brackets where theirs is weaker than their place needs.
struct SpellingTemplate {
  /// The operators of a language: text, binding, and whether the right operand may bind as
  /// loosely.
  struct Grammar: Sendable {
    let infix: [(text: String, binding: Int)]
    let prefix: [(text: String, binding: Int)]
    /// Binding of the power operator, whose exponent may be a negated number.
    let power: Int
    /// Brackets around an operand.
    var open = "("
    var close = ")"
  }

  private let text: String
  private let grammar: Grammar
  private let binding: Int

  init(_ text: String, _ grammar: Grammar) {
    self.text = text
    self.grammar = grammar
    let outer = Self.outside(text)
    let infix = grammar.infix.filter { outer.contains($0.text) }.map(\.binding)
    let prefix = grammar.prefix.filter { outer.hasPrefix($0.text) }.map(\.binding)
    binding = (infix + prefix).min() ?? Phrase.atom
  }

  /// Whether an operand stands in it twice, so that a long one should be named first.
  func repeats(_ operand: Int) -> Bool {
    text.components(separatedBy: "#\(operand + 1)").count > 2
  }

  /// The spelling with operands.
  func fill(_ operands: [Phrase]) -> String {
    var result = ""
    var rest = Substring(text)
    var depth = 0
    while let character = rest.first {
      if character == "#", let digit = rest.dropFirst().first?.wholeNumberValue,
        operands.indices.contains(digit - 1)
      {
        let after = rest.dropFirst(2)
        let operand = operands[digit - 1]
        result +=
          depth > 0
          ? operand.text
          : operand.bound(
            least(isFirst: result.isEmpty, before: result, after: after), grammar.open,
            grammar.close)
        rest = after
        continue
      }
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      result.append(character)
      rest.removeFirst()
    }
    return result
  }

  /// The phrase with operands.
  func phrase(_ operands: [Phrase]) -> Phrase {
    let isOperator = binding < Phrase.atom
    return Phrase(
      text: fill(operands), binding: binding,
      isNumber: isOperator && operands.allSatisfy(\.isNumber))
  }

  /// Whether it is written with operators rather than as a call.
  var isOperator: Bool { binding < Phrase.atom }

  private func least(isFirst: Bool, before: String, after: Substring) -> Int {
    if after.first == "." || after.first == "[" || after.first == ":" { return Phrase.atom }
    if binding == Phrase.atom { return before.isEmpty || after.isEmpty ? Phrase.atom : 0 }
    if binding == grammar.power { return isFirst ? grammar.power + 1 : grammar.power }
    let isPrefix = grammar.prefix.contains { text.hasPrefix($0.text) && $0.binding == binding }
    return isFirst || isPrefix ? binding : binding + 1
  }

  /// The text without what stands in brackets.
  private static func outside(_ text: String) -> String {
    var depth = 0
    var result = ""
    for character in text {
      if ")]}".contains(character) { depth -= 1 }
      if depth == 0 { result.append(character) }
      if "([{".contains(character) { depth += 1 }
    }
    return result
  }
}

extension String {
  func components(separatedBy separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
