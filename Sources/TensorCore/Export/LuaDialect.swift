/// Lua over this program's own operations.
struct LuaDialect: Dialect {
  /// The expression of a leaf.
  let names: @Sendable (Recording.Name) -> String

  var width: Int { 68 }

  static let rowsName = "rows"
  static let tokensName = "tokens"

  var reserved: Set<String> {
    [
      "pg", "p", "batch", "state", "and", "break", "do", "else", "elseif", "end", "false", "for",
      "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then",
      "true", "until", "while", "math", Self.rowsName, Self.tokensName,
    ]
  }

  static let grammar = SpellingTemplate.Grammar(
    infix: [(" + ", 6), (" - ", 6), (" * ", 7), (" / ", 7), (" ^ ", 9)], prefix: [("-", 8)],
    power: 9)

  private static let operators = [
    "add": "#1 + #2", "sub": "#1 - #2", "mul": "#1 * #2", "div": "#1 / #2", "neg": "-#1",
    "power": "#1 ^ #2",
  ]

  func leaf(_ name: Recording.Name) -> Phrase { .atom(names(name)) }

  func number(_ extent: Extent, _ dtype: DType) -> Phrase {
    if !extent.isFixed {
      var phrase = extent.phrase(
        rows: Self.rowsName, tokens: Self.tokensName, Self.grammar)
      phrase.text = phrase.text.replacing("max(", with: "math.max(")
      return phrase
    }
    let value = extent.constant
    if dtype == .bool { return .atom(value == 0 ? "false" : "true") }
    if value.isNaN { return Phrase(text: "0 / 0", binding: 7, isNumber: true) }
    if value.isInfinite {
      return value > 0
        ? .atom("math.huge", isNumber: true)
        : Phrase(text: "-math.huge", binding: 8, isNumber: true)
    }
    return Phrase(
      text: value.exportText, binding: value < 0 ? 8 : Phrase.atom, isNumber: true)
  }

  func values(_ values: [Double], _ node: Formula.Node) -> Phrase {
    let list = values.map { number(Extent($0), node.dtype).text }.joined(separator: ", ")
    let dims = node.dims.map { $0.constant.exportText }.joined(separator: ", ")
    let flat = "pg.tensor({ \(list) }, \"\(node.dtype.name)\")"
    return .atom(node.dims.count == 1 ? flat : "pg.reshape(\(flat), { \(dims) })")
  }

  func operation(
    _ node: Formula.Node, _ operands: [Phrase], _ formula: Formula
  ) throws -> Phrase {
    var operands = operands
    if let index = Self.indexOperand[node.op] {
      let place = operands[index]
      operands[index] = .atom(place.fromOne ?? "\(place.bound(6)) + 1")
    }
    var phrase = SpellingTemplate(try text(node, formula), Self.grammar).phrase(operands)
    if Self.indices.contains(node.op) {
      phrase = Phrase(text: phrase.text + " - 1", binding: 6, fromOne: phrase.text)
    }
    return phrase
  }

  /// Which operand is an index, 0-based in graphs.
  private static let indexOperand = [
    "gather_along": 1, "gather_rows": 1, "scatter_add_along": 1, "scatter_add_rows": 1,
  ]
  /// Whose results are indices.
  private static let indices: Set = ["argsort_last", "argmax_last", "argmin_last", "iota"]

  private func text(_ node: Formula.Node, _ formula: Formula) throws -> String {
    if let sign = Self.operators[node.op] { return sign }
    if node.op == "view_slice" { return slice(node, of: formula.nodes[node.inputs[0]].dims) }
    if let structural = try structural(node) { return structural }
    guard let row = Catalogue.named(node.op) else {
      throw ExportError("\(node.op) has no spelling in Lua")
    }
    if node.op == "clamp_between" { return "pg.clamp(#1, #2, #3)" }
    guard row.isPublic else { throw ExportError("scripts cannot call \(node.op)") }
    let list = node.inputs.indices.map { "#\($0 + 1)" }.joined(separator: ", ")
    return "pg.\(node.op)(\(list))"
  }

  private func structural(_ node: Formula.Node) throws -> String? {
    let attributes = node.attributes
    switch node.op {
    case "cast": return cast(node)
    case "sum", "product", "maximum", "minimum", "mean":
      return node.inputs.count == 1 ? reduction(node) : nil
    case "view_reshape": return "pg.reshape(#1, \(list(attributes)))"
    case "view_permute": return "pg.permute(#1, \(list(attributes, from: 1)))"
    case "view_expand": return "pg.expand(#1, \(list(attributes)))"
    case "pad_constant":
      let axes = stride(from: attributes.count - 2, through: 0, by: -2)
      let widths = axes.flatMap { [attributes[$0], attributes[$0 + 1]] }
      return "pg.pad(#1, \(list(widths)), \(number(node.payload, .float64).text))"
    case "concatenate":
      let parts = node.inputs.indices.map { "#\($0 + 1)" }.joined(separator: ", ")
      return "pg.concat({ \(parts) }, \(axis(attributes[0])))"
    case "batched_matmul":
      let left = attributes[0] == Extent(1) ? "pg.transpose(#1)" : "#1"
      let right = attributes[1] == Extent(1) ? "pg.transpose(#2)" : "#2"
      return "pg.matmul(\(left), \(right))"
    default: return try indexing(node)
    }
  }

  private func indexing(_ node: Formula.Node) throws -> String? {
    let first = node.attributes.first ?? Extent(0)
    let flag = first == Extent(1) ? "true" : "false"
    switch node.op {
    case "iota": return "pg.arange(1, \(number(first, .int64).text))"
    case "gather_rows": return "pg.embedding(#1, #2)"
    case "gather_along": return "pg.gather(#1, -1, #2)"
    case "scatter_add_along":
      return "pg.scatter_add(pg.zeros(\(list(node.dims))), -1, #2, #1)"
    case "argsort_last": return "pg.argsort(#1, -1, \(flag))"
    case "sort":
      // Brackets: it returns places too, which would become arguments of what is around it.
      return "(pg.sort(#1\(first == Extent(1) ? ", -1, true" : "")))"
    case "argmax_last": return "pg.argmax(#1, -1)"
    case "argmin_last": return "pg.argmin(#1, -1)"
    case "cumulative_sum": return "pg.cumsum(#1, -1, \(flag))"
    case "linear_scan_last": return "pg.linear_scan(#1, #2, -1, \(flag))"
    case "scatter_add_rows", "cumulative_argmax":
      throw ExportError("\(node.op) has no spelling in Lua")
    default: return nil
    }
  }

  /// Truth values become numbers of the batch's type by choosing; no type is named.
  private func cast(_ node: Formula.Node) -> String {
    node.dtype.isFloating ? "pg.where(#1, 1, 0)" : "pg.to(#1, \"\(node.dtype.name)\")"
  }

  private func reduction(_ node: Formula.Node) -> String {
    let names = ["product": "prod", "maximum": "amax", "minimum": "amin"]
    let name = names[node.op] ?? node.op
    let keeps = node.attributes.last == Extent(1)
    if !keeps && node.dims.isEmpty { return "pg.\(name)(#1)" }
    let axes = list(Array(node.attributes.dropLast()), from: 1)
    return "pg.\(name)(#1, \(axes)\(keeps ? ", true" : ""))"
  }

  private func slice(_ node: Formula.Node, of dims: [Extent]) -> String {
    var text = "#1"
    for place in dims.indices {
      let start = node.attributes[place * 3]
      let step = node.attributes[place * 3 + 1].integer ?? 1
      let count = node.attributes[place * 3 + 2]
      if start == Extent(0) && step == 1 && count == dims[place] { continue }
      let last = start.adding(count, times: step).adding(Extent(1), times: -step)
      let ends = [start, last].map { number($0.adding(Extent(1), times: 1), .int64).text }
      let tail = step == 1 ? "" : ", \(step)"
      text = "pg.slice(\(text), \(place + 1), \(ends.joined(separator: ", "))\(tail))"
    }
    return text
  }

  private func axis(_ extent: Extent) -> String {
    number(extent.adding(Extent(1), times: 1), .int64).text
  }

  private func list(_ extents: [Extent], from offset: Int = 0) -> String {
    let texts = extents.map { number($0.adding(Extent(1), times: offset), .int64).text }
    return texts.isEmpty ? "{}" : "{ \(texts.joined(separator: ", ")) }"
  }
}
