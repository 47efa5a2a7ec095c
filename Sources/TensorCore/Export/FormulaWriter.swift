/// A language that formulas can be written in.
protocol Dialect {
  /// Longest expression that is written in place rather than given a name.
  var width: Int { get }
  /// Names that a variable must not have.
  var reserved: Set<String> { get }
  func leaf(_ name: Recording.Name) -> Phrase
  func number(_ extent: Extent, _ dtype: DType) -> Phrase
  func values(_ values: [Double], _ node: Formula.Node) -> Phrase
  /// An operation on written operands.
  func operation(
    _ node: Formula.Node, _ operands: [Phrase], _ formula: Formula
  ) throws -> Phrase
  /// How a variable is spelled that a script calls `name`.
  func variable(_ name: String) -> String
  /// Whether a result is so short or so basic that a name would not help.
  func repeatsOperand(_ node: Formula.Node) -> Bool
}

extension Dialect {
  func variable(_ name: String) -> String { name }
  func repeatsOperand(_ node: Formula.Node) -> Bool { false }
}

/// A formula as statements: what is used twice, named by the script, or long has a name.
struct FormulaWriter {
  /// One assignment.
  struct Statement {
    let name: String
    let text: String
  }

  private(set) var statements: [Statement] = []
  private(set) var results: [Phrase] = []
  private var taken: Set<String>
  private var counter = 0

  init(_ formula: Formula, _ dialect: some Dialect) throws {
    taken = dialect.reserved
    let used = formula.used
    var uses = [Int](repeating: 0, count: formula.nodes.count)
    for place in used {
      let weight = dialect.repeatsOperand(formula.nodes[place]) ? 2 : 1
      for input in formula.nodes[place].inputs { uses[input] += weight }
    }
    var phrases = [Phrase](repeating: .atom(""), count: formula.nodes.count)
    for (place, node) in formula.nodes.enumerated() where used.contains(place) {
      switch node.content {
      case .leaf(let name): phrases[place] = dialect.leaf(name)
      case .number(let extent): phrases[place] = dialect.number(extent, node.dtype)
      case .values(let values): phrases[place] = dialect.values(values, node)
      case .operation:
        let phrase = try dialect.operation(node, node.inputs.map { phrases[$0] }, formula)
        let isResult = formula.outputs.contains(place)
        let isNamed =
          uses[place] > 1 || phrase.text.count > dialect.width || node.suggestion != nil
          || (isResult && uses[place] > 0)
        let isOnlyResult = isResult && uses[place] == 0
        phrases[place] =
          isNamed && !isOnlyResult ? name(node, phrase, dialect) : phrase
      }
    }
    results = formula.outputs.map { phrases[$0] }
  }

  private mutating func name(
    _ node: Formula.Node, _ phrase: Phrase, _ dialect: some Dialect
  ) -> Phrase {
    var name = ""
    if let suggestion = node.suggestion {
      name = dialect.variable(suggestion)
      var count = 2
      while taken.contains(name) {
        name = dialect.variable("\(suggestion)_\(count)")
        count += 1
      }
    } else {
      repeat {
        counter += 1
        name = dialect.variable("v\(counter)")
      } while taken.contains(name)
    }
    taken.insert(name)
    statements.append(Statement(name: name, text: phrase.text))
    return Phrase(
      text: name, binding: Phrase.atom, isNumber: phrase.isNumber, fromOne: nil)
  }
}

extension Double {
  /// The shortest text that reads back as the number; whole numbers have no fraction.
  var exportText: String {
    if self == rounded() && abs(self) < 1e15 { return String(Int(self)) }
    return description
  }
}
