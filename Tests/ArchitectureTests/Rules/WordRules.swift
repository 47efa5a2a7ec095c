/// Words, names and characters that have no place here.
enum WordRules {
  // Spelled in two parts, so that this file does not trip over itself.
  private static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK:"]
  private static let banners = ["Copy" + "right (c)", "SPDX" + "-License"]
  private static let vagueNames = ["Utils", "Util", "Helper", "Helpers", "Manager"]

  static func words(_ tree: SourceTree) -> [Violation] {
    tree.files.flatMap { file in
      file.lines.enumerated().flatMap { index, line in
        forbidden(in: file).filter { line.contains($0) }.map {
          file.violation(index + 1, "'\($0)' does not belong in the tree")
        }
      }
    }
  }

  /// Folders of one workplace must not leak into what others clone.
  private static func forbidden(in file: SourceFile) -> [String] {
    var words = leftovers + banners + ["\"/wo" + "rk/", " /wo" + "rk/"]
    if !file.path.hasPrefix("Tests/") { words.append("../sh" + "ared") }
    if file.path.hasPrefix("Sources/") { words.append("@inlin" + "able") }
    return words
  }

  static func names(_ tree: SourceTree) -> [Violation] {
    tree.files.flatMap { file -> [Violation] in
      let parts = file.components.map { $0.prefix { $0 != "." } }
      let inPath = parts.filter { isVague(String($0)) }.map {
        file.violation(0, "'\($0)' does not say what it is for")
      }
      let inTypes = file.lines.enumerated().compactMap { index, line -> Violation? in
        guard let name = declaredType(line), isVague(name) else { return nil }
        return file.violation(index + 1, "type '\(name)' does not say what it is for")
      }
      return inPath + inTypes
    }
  }

  static func spaces(_ tree: SourceTree) -> [Violation] {
    tree.files.flatMap { file in
      file.lines.enumerated().compactMap { index, line in
        if line.contains("\t") { return file.violation(index + 1, "tab; indent with two spaces") }
        if line.hasSuffix("\r") {
          return file.violation(index + 1, "carriage return; end lines with a line feed")
        }
        // Two spaces at the end of a line are a line break in Markdown.
        if line.hasSuffix(" ") && file.suffix != "md" {
          return file.violation(index + 1, "space at the end of the line")
        }
        return nil
      }
    }
  }

  /// What switches the compiler's checks off carries the sentence that makes it true.
  static func unsafeMarks(_ tree: SourceTree) -> [Violation] {
    let marks = ["@unche" + "cked Sendable", "nonisolated(uns" + "afe)"]
    return tree.files(in: "Sources", suffix: "swift").flatMap { file in
      file.lines.enumerated().compactMap { index, line in
        guard let mark = marks.first(where: line.contains), !isComment(line) else { return nil }
        let explained = line.contains("// ") || (index > 0 && isComment(file.lines[index - 1]))
        return explained
          ? nil : file.violation(index + 1, "\(mark) without a comment saying what makes it safe")
      }
    }
  }

  private static func isComment(_ line: String) -> Bool {
    line.drop { $0 == " " }.hasPrefix("//")
  }

  private static func isVague(_ name: String) -> Bool {
    vagueNames.contains { name.hasSuffix($0) }
  }

  private static func declaredType(_ line: String) -> String? {
    let keywords: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
    let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "/") }
    guard !isComment(line), let index = words.firstIndex(where: { keywords.contains(String($0)) }),
      index + 1 < words.count
    else { return nil }
    return String(words[index + 1])
  }
}
