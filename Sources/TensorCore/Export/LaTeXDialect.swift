/// LaTeX in mathematics mode.
struct LaTeXDialect: Dialect {
  /// The symbol of a leaf.
  let names: @Sendable (Recording.Name) -> String

  var width: Int { 110 }
  var reserved: Set<String> { [] }

  static let rowsName = "B"
  static let tokensName = "T"

  static let grammar = SpellingTemplate.Grammar(
    infix: [
      (" = ", 1), (" \\neq ", 1), (" < ", 1), (" \\le ", 1), (" > ", 1), (" \\ge ", 1),
      (" \\lor ", 2), (" \\oplus ", 3), (" \\land ", 4), (" + ", 6), (" - ", 6),
      (" \\cdot ", 7), (" \\, ", 7), (" \\bmod ", 7), ("^{", 9), ("}^{", 9),
    ],
    prefix: [
      ("-", 7), ("\\lnot ", 8), ("\\log ", 8), ("\\log_", 8), ("\\sum", 7), ("\\prod", 7),
      ("\\sin ", 8), ("\\cos ", 8), ("\\tan ", 8), ("\\arcsin ", 8), ("\\arccos ", 8),
      ("\\arctan ", 8), ("\\sinh ", 8), ("\\cosh ", 8), ("\\tanh ", 8),
      ("\\operatorname{arsinh} ", 8), ("\\operatorname{arcosh} ", 8),
      ("\\operatorname{artanh} ", 8),
    ], power: 9, open: "\\left(", close: "\\right)")

  func leaf(_ name: Recording.Name) -> Phrase { .atom(names(name)) }

  func variable(_ name: String) -> String {
    let parts = name.split(separator: "_", maxSplits: 1).map(String.init)
    let greek: Set = ["alpha", "beta", "gamma", "delta", "lambda", "mu", "sigma", "tau", "epsilon"]
    func word(_ text: String) -> String {
      if greek.contains(text) { return "\\\(text)" }
      return text.count == 1 ? text : "\\mathit{\(text.replacing("_", with: "\\_"))}"
    }
    if parts.count == 1, let first = name.first, name.count > 1,
      name.dropFirst().allSatisfy(\.isNumber)
    {
      return "\(first)_{\(name.dropFirst())}"
    }
    guard parts.count == 2, !parts[0].isEmpty else { return word(name) }
    return "\(word(parts[0]))_{\\mathrm{\(parts[1].replacing("_", with: "\\_"))}}"
  }

  func number(_ extent: Extent, _ dtype: DType) -> Phrase {
    if !extent.isFixed {
      var phrase = extent.phrase(rows: Self.rowsName, tokens: Self.tokensName, Self.grammar)
      phrase.text = phrase.text.replacing(" * ", with: " \\, ").replacing("max(", with: "\\max(")
      return phrase
    }
    let value = extent.constant
    if value.isInfinite { return Phrase(text: value > 0 ? "\\infty" : "-\\infty", binding: 7) }
    let digits = value.exportText.split(separator: "e")
    guard digits.count == 2, let power = Int(digits[1]) else {
      return Phrase(text: value.exportText, binding: value < 0 ? 7 : Phrase.atom)
    }
    let factor = digits[0] == "1" || digits[0] == "1.0" ? "" : "\(digits[0]) \\cdot "
    return Phrase(text: "\(factor)10^{\(power)}", binding: 7)
  }

  func values(_ values: [Double], _ node: Formula.Node) -> Phrase {
    let shown = values.prefix(6).map { number(Extent($0), node.dtype).text }
    let list = shown.joined(separator: ", ") + (values.count > 6 ? ", \\dots" : "")
    return .atom("(\(list))")
  }

  func operation(
    _ node: Formula.Node, _ operands: [Phrase], _ formula: Formula
  ) throws -> Phrase {
    switch node.op {
    case "mul": return product(operands[0], operands[1])
    case "where":
      return .atom(
        "\\begin{cases} \(operands[1].text) & \\text{if } \(operands[0].text) \\\\ "
          + "\(operands[2].text) & \\text{otherwise} \\end{cases}")
    case "cast" where node.dtype.isFloating:
      let isTruth = formula.nodes[node.inputs[0]].dtype == .bool
      return isTruth ? .atom("\\mathbf{1}\\left[\(operands[0].text)\\right]") : operands[0]
    case "div": return .atom("\\frac{\(operands[0].text)}{\(operands[1].text)}")
    default:
      let spelling = try text(node, formula)
      if spelling == "#1" { return operands[0] }
      return SpellingTemplate(spelling, Self.grammar).phrase(operands)
    }
  }

  /// Factors side by side, with a dot where two numbers would run together.
  private func product(_ left: Phrase, _ right: Phrase) -> Phrase {
    let needsDot = right.text.first.map { $0.isNumber || $0 == "-" } ?? false
    let sign = needsDot ? " \\cdot " : " \\, "
    return SpellingTemplate("#1\(sign)#2", Self.grammar).phrase([left, right])
  }

  private func text(_ node: Formula.Node, _ formula: Formula) throws -> String {
    switch node.op {
    case "sum", "product", "maximum", "minimum", "mean":
      if node.inputs.count == 1 { return reduction(node, formula) }
    case "view_reshape", "view_expand", "cast": return "#1"
    case "view_permute": return "{#1}^{\\top}"
    case "gather_along": return "{#1}_{#2}"
    case "sort":
      let isDescending = node.attributes.first == Extent(1)
      return "\\operatorname{sort}\(isDescending ? "^{\\downarrow}" : "")(#1)"
    case "gather_rows": return "{#1}_{#2}"
    case "power": return "#1^{#2}"
    case "cumulative_sum": return "\\operatorname{cumsum}(#1)"
    case "batched_matmul": return "#1 \\, #2"
    default: break
    }
    if let spelling = Catalogue.named(node.op)?.spelling.latex, !spelling.isEmpty {
      return spelling
    }
    let name = node.op.replacing("_last", with: "").replacing("_", with: "\\_")
    let list = node.inputs.indices.map { "#\($0 + 1)" }.joined(separator: ", ")
    return "\\operatorname{\(name)}(\(list))"
  }

  private func reduction(_ node: Formula.Node, _ formula: Formula) -> String {
    let axes = node.attributes.dropLast().compactMap(\.integer)
    let rank = formula.nodes[node.inputs[0]].dims.count
    let letters = axes.map { $0 == 0 ? "i" : rank == 2 && $0 == 1 ? "t" : "j" }
    let index = letters.joined()
    switch node.op {
    case "sum": return "\\sum_{\(index)} #1"
    case "product": return "\\prod_{\(index)} #1"
    case "maximum": return "\\max_{\(index)}(#1)"
    case "minimum": return "\\min_{\(index)}(#1)"
    default: return "\\operatorname{mean}_{\(index)}(#1)"
    }
  }
}
