import LuaBindings
import Methods

/// The documentation of one method, from its header and its declaration.
struct MethodPage {
  private let entry: MethodEntry
  private let declaration: MethodDeclaration
  private let kind: String

  init(_ entry: MethodEntry, _ declaration: MethodDeclaration, _ catalogue: MethodCatalogue) {
    self.entry = entry
    self.declaration = declaration
    kind = MethodSummary(entry, catalogue).kind
  }

  func lines(_ terminal: Terminal) -> [String] {
    let header = entry.header
    var lines = ["\(terminal.styled(entry.name, .bold))  (\(kind))", "  \(header.summary)"]
    if !header.formulas.isEmpty { lines += [""] + header.formulas.map { "    \($0)" } }
    if !header.notes.isEmpty { lines += [""] + Self.wrap(header.notes, terminal.columns) }
    lines += section("parameters", parameters, terminal)
    lines += section("inputs", inputs, terminal)
    lines += section("returns", header.returns.isEmpty ? [] : [header.returns], terminal)
    lines += section("errors", header.errors, terminal)
    lines += section("laws", header.laws, terminal)
    lines += section("examples", header.examples, terminal)
    lines += section("sources", header.sources, terminal)
    lines += section("differs", header.differences.filter { $0 != "nothing" }, terminal)
    lines += section("file", [entry.path], terminal)
    return lines
  }

  /// What can be set, with default, range and where a search looks.
  private var parameters: [String] {
    let width = declaration.parameters.map(\.name.count).max() ?? 0
    return declaration.parameters.map { parameter in
      let name = parameter.name + String(repeating: " ", count: width - parameter.name.count)
      var text = "\(name)  \(parameter.fallback), \(parameter.domain)"
      if let search = parameter.search {
        text += ", searched in [\(search.lowerBound), \(search.upperBound)]"
      }
      if let documented = entry.header.parameters.first(where: { $0.name == parameter.name }) {
        text += ": " + documented.text
      }
      return text
    }
  }

  private var inputs: [String] {
    let settable = Set(declaration.parameters.map(\.name))
    return entry.header.parameters.filter { !settable.contains($0.name) }
      .map { "\($0.name)  \($0.text)" }
  }

  private func section(_ title: String, _ items: [String], _ terminal: Terminal) -> [String] {
    items.isEmpty ? [] : ["", terminal.styled(title, .cyan)] + items.map { "  \($0)" }
  }

  private static func wrap(_ text: String, _ columns: Int) -> [String] {
    var lines: [String] = []
    var line = " "
    for word in text.split(separator: " ") {
      if line.count + word.count + 1 > min(columns, 100) {
        lines.append(line)
        line = " "
      }
      line += " " + word
    }
    return lines + [line]
  }
}
