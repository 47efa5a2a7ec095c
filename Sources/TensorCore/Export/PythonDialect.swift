/// Python over PyTorch or JAX.
struct PythonDialect: Dialect {
  /// Which library.
  enum Library { case torch, jax }

  let library: Library
  /// The variable of a leaf.
  let names: @Sendable (Recording.Name) -> String
  /// An array whose type and device others take.
  let reference: String

  var width: Int { 68 }

  static let rowsName = "batch_size"
  static let tokensName = "token_count"

  var reserved: Set<String> {
    [
      "torch", "jax", "jnp", "lax", "F", "lambda", "in", "is", "not", "and", "or", "if", "else",
      "for", "while", "def", "class", "return", "pass", "from", "import", "as", "with", "global",
      "sum", "max", "min", "abs", Self.rowsName, Self.tokensName, "state",
    ]
  }

  static let grammar = SpellingTemplate.Grammar(
    infix: [
      (" == ", 1), (" != ", 1), (" < ", 1), (" <= ", 1), (" > ", 1), (" >= ", 1), (" | ", 2),
      (" ^ ", 3), (" & ", 4), (" + ", 6), (" - ", 6), (" * ", 7), (" / ", 7), (" // ", 7),
      (" % ", 7), (" ** ", 9),
    ], prefix: [("-", 8), ("~", 8)], power: 9)

  func leaf(_ name: Recording.Name) -> Phrase {
    switch name {
    case .parameter: .atom(names(name), isNumber: true)
    case .state: .atom(names(name), isNumber: true)
    case .input: .atom(names(name))
    }
  }

  func number(_ extent: Extent, _ dtype: DType) -> Phrase {
    if !extent.isFixed {
      return extent.phrase(rows: Self.rowsName, tokens: Self.tokensName, Self.grammar)
    }
    let value = extent.constant
    if dtype == .bool { return .atom(value == 0 ? "False" : "True") }
    if value.isNaN { return .atom("float(\"nan\")", isNumber: true) }
    if value.isInfinite {
      return .atom(value > 0 ? "float(\"inf\")" : "float(\"-inf\")", isNumber: true)
    }
    return Phrase(
      text: value.exportText, binding: value < 0 ? 8 : Phrase.atom, isNumber: true)
  }

  func values(_ values: [Double], _ node: Formula.Node) -> Phrase {
    let list = values.map { number(Extent($0), node.dtype).text }.joined(separator: ", ")
    let type =
      node.dtype.isFloating
      ? "\(reference).dtype"
      : (library == .torch ? "torch" : "jnp")
        + "." + (node.dtype == .bool ? (library == .torch ? "bool" : "bool_") : "int64")
    let dims = node.dims.map { $0.constant.exportText }.joined(separator: ", ")
    let shape = node.dims.count == 1 ? "" : ".reshape((\(dims)))"
    switch library {
    case .torch:
      return .atom("torch.tensor([\(list)], dtype=\(type), device=\(reference).device)\(shape)")
    case .jax: return .atom("jnp.array([\(list)], dtype=\(type))\(shape)")
    }
  }

  func repeatsOperand(_ node: Formula.Node) -> Bool {
    guard let template = try? template(node) else { return false }
    return node.inputs.indices.contains { template.repeats($0) }
  }

  func operation(
    _ node: Formula.Node, _ operands: [Phrase], _ formula: Formula
  ) throws -> Phrase {
    let template = try template(node)
    guard !template.isOperator else { return template.phrase(operands) }
    var operands = operands
    if library == .torch, node.op == "where", operands[0].isNumber {
      operands[0] = .atom("torch.as_tensor(\(operands[0].text), device=\(reference).device)")
    }
    if library == .torch, needsTensors(node, operands) {
      operands = operands.map { $0.isNumber ? .atom("_tensor(\($0.text), \(reference))") : $0 }
    }
    return template.phrase(operands)
  }

  /// PyTorch's functions, unlike its operators, want tensors; a few take numbers too.
  private func needsTensors(_ node: Formula.Node, _ operands: [Phrase]) -> Bool {
    switch node.op {
    case "where": operands.dropFirst().allSatisfy(\.isNumber)
    case "clamp_min", "clamp_max", "clamp_between", "remainder": operands[0].isNumber
    default: operands.contains(where: \.isNumber)
    }
  }

  private func template(_ node: Formula.Node) throws -> SpellingTemplate {
    let structural =
      library == .torch ? try TorchSpelling(self).text(node) : try JAXSpelling(self).text(node)
    if let structural { return SpellingTemplate(structural, Self.grammar) }
    let spelling = Catalogue.named(node.op)?.spelling
    let text = (library == .torch ? spelling?.torch : spelling?.jax) ?? ""
    guard !text.isEmpty else {
      throw ExportError(
        "\(node.op) has no spelling in \(library == .torch ? "PyTorch" : "JAX")")
    }
    return SpellingTemplate(text.replacing("torch.nn.functional.", with: "F."), Self.grammar)
  }

  /// `(2, batch_size)`, or `(2,)`.
  func tuple(_ extents: [Extent]) -> String {
    let list = extents.map { number($0, .int64).text }
    return "(" + list.joined(separator: ", ") + (list.count == 1 ? ",)" : ")")
  }

  /// The type of a cast.
  func type(_ dtype: DType) -> String {
    switch (dtype, library) {
    case (.float32, _), (.float64, _): "\(reference).dtype"
    case (.int64, .torch): "torch.int64"
    case (.bool, .torch): "torch.bool"
    case (.int64, .jax): "int"
    case (.bool, .jax): "bool"
    }
  }
}

extension Extent {
  /// The expression in a language with the usual operators.
  func phrase(rows: String, tokens: String, _ grammar: SpellingTemplate.Grammar) -> Phrase {
    func term(_ factor: Double, _ name: String) -> String {
      factor == 1 ? name : "\(factor.exportText) * \(name)"
    }
    var terms: [String] = []
    if self.rows != 0 { terms.append(term(self.rows, rows)) }
    if self.tokens != 0 { terms.append(term(self.tokens, tokens)) }
    if both != 0 { terms.append(term(both, "\(rows) * \(tokens)")) }
    var text = terms.joined(separator: " + ")
    if constant > 0 { text += " + \(constant.exportText)" }
    if constant < 0 { text += " - \((-constant).exportText)" }
    let isSum = terms.count > 1 || constant != 0
    let isBare = text == rows || text == tokens
    var binding = isSum ? 6 : isBare ? Phrase.atom : 7
    if isReciprocal {
      text = "1 / " + (isBare ? text : "(\(text))")
      binding = 7
    }
    if let minimum {
      text = "max(\(text), \(minimum.exportText))"
      binding = Phrase.atom
    }
    return Phrase(text: text, binding: binding, isNumber: true)
  }
}
