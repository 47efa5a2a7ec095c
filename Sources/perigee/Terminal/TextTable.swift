/// Columns of text, aligned by spaces.
struct TextTable {
  let header: [String]
  var rows: [[String]] = []

  /// The lines, header first and styled; the last column is cut where a line would be longer than
  /// `columns`.
  func lines(columns: Int?, _ styled: (String) -> String = { $0 }) -> [String] {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([header] + rows).enumerated().map { index, cells in
      let padded = cells.enumerated().map { column, cell in
        column == cells.count - 1
          ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
      }
      let line = Self.cut(padded.joined(separator: "  "), columns)
      return index == 0 ? styled(line) : line
    }
  }

  private static func cut(_ line: String, _ columns: Int?) -> String {
    guard let columns, line.count > columns else { return line }
    return line.prefix(columns - 3) + "..."
  }
}
