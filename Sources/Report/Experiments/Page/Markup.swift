import Notation

/// Pieces of HTML. Text is escaped where it enters; markup is only made here.
struct Markup: ExpressibleByStringInterpolation, Sendable {
  private(set) var html: String

  /// Markup as it is written in the source.
  init(stringLiteral value: String) { html = value }

  init(stringInterpolation: Interpolation) { html = stringInterpolation.html }

  init(_ parts: [Markup]) { html = parts.map(\.html).joined(separator: "\n") }

  /// What stands in a string is escaped, what is markup is not.
  struct Interpolation: StringInterpolationProtocol {
    var html = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      html.reserveCapacity(literalCapacity)
    }

    mutating func appendLiteral(_ literal: String) { html += literal }

    mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }

    mutating func appendInterpolation(_ number: Int) { html += String(number) }

    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }

    mutating func appendInterpolation(_ parts: [Markup]) {
      html += parts.map(\.html).joined(separator: "\n")
    }

    /// Trusted text, such as a style sheet.
    mutating func appendInterpolation(raw text: String) { html += text }
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }

  /// JSON as it may stand in a script element.
  static func json(_ value: JSONValue) -> Markup {
    var markup = Markup(stringLiteral: "")
    markup.html = value.compactText.replacing("<", with: "\\u003c")
    return markup
  }

  /// A table in a frame that scrolls sideways on narrow screens.
  ///
  /// - Parameters:
  ///   - head: Names of the columns; those that hold numbers are aligned to the right.
  ///   - rows: Cells of each row, the first of which names it.
  ///   - isNumeric: One truth value a column.
  ///   - marked: Places of the rows that are set in bold.
  /// - Returns: The table.
  static func table(
    _ head: [String], _ rows: [[Markup]], isNumeric: [Bool], marked: Set<Int> = []
  ) -> Markup {
    let headings = zip(head, isNumeric).map { name, numeric -> Markup in
      "<th scope=\"col\"\(raw: numeric ? " class=\"number\"" : "")>\(name)</th>"
    }
    let lines = rows.enumerated().map { place, cells -> Markup in
      let parts = zip(cells, isNumeric).enumerated().map { column, cell -> Markup in
        let style = cell.1 ? " class=\"number\"" : ""
        return column == 0
          ? "<th scope=\"row\"\(raw: style)>\(cell.0)</th>" : "<td\(raw: style)>\(cell.0)</td>"
      }
      return "<tr\(raw: marked.contains(place) ? " class=\"winner\"" : "")>\(parts)</tr>"
    }
    return """
      <div class="scroll" tabindex="0"><table>
      <thead><tr>\(headings)</tr></thead>
      <tbody>
      \(lines)
      </tbody></table></div>
      """
  }
}
