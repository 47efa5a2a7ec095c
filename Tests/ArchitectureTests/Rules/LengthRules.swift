/// Limits on files and lines.
enum LengthRules {
  static let comfortableFile = 150
  static let longestFile = 400
  static let longestReadme = 300
  static let widestLine = 100

  static func files(_ tree: SourceTree) -> [Violation] {
    tree.files.compactMap { file in
      let limit = file.suffix == "md" ? longestReadme : longestFile
      guard file.lines.count > limit else { return nil }
      return file.violation(0, "\(file.lines.count) lines, more than \(limit); split it by topic")
    }
  }

  static func lines(_ tree: SourceTree) -> [Violation] {
    tree.files.filter { $0.isCode || $0.isScript }.flatMap { file in
      file.lines.enumerated().compactMap { index, line in
        // Bytes bound characters from above and are free to count.
        guard line.utf8.count > widestLine, line.count > widestLine else { return nil }
        return file.violation(index + 1, "\(line.count) columns, more than \(widestLine)")
      }
    }
  }

  /// Where files stand against the length they aim at; longer ones are no violation yet.
  static func summary(_ tree: SourceTree) -> String {
    let code = tree.files.filter(\.isCode)
    let long = code.filter { $0.lines.count > comfortableFile }
    let longest = code.max { $0.lines.count < $1.lines.count }
    let name = longest.map { "; longest \($0.path) with \($0.lines.count) lines" } ?? ""
    return "\(code.count) files, \(long.count) longer than \(comfortableFile) lines\(name)"
  }
}
