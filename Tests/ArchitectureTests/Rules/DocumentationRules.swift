import Foundation

/// Public declarations of the modules say what they are.
///
/// A run of one-line declarations may share the comment above the first, as overloads of one
/// operator do. What a standard protocol asks for is documented there, operators mean what they
/// always mean, and an initializer that only stores its arguments is explained by its type.
enum DocumentationRules {
  private static let keywords: Set = [
    "func", "var", "let", "init", "subscript", "struct", "enum", "class", "actor", "protocol",
    "typealias", "case",
  ]
  private static let standardWitnesses = [
    "var description:", "var debugDescription:", "var errorDescription:", "func hash(into",
    "static func == (", "static func < (", "func encode(", "init(from ", "typealias Element",
    "func makeIterator(",
  ]

  static func publicDeclarations(_ tree: SourceTree) -> [Violation] {
    tree.files(in: "Sources", suffix: "swift").flatMap { file in
      file.lines.indices.compactMap { index in
        let line = file.lines[index]
        guard isPublicDeclaration(line), !standardWitnesses.contains(where: line.contains),
          !isDocumented(file.lines, index)
        else { return nil }
        let shown = line.split(separator: " ").prefix(4).joined(separator: " ")
        return file.violation(index + 1, "'\(shown)' has no documentation comment")
      }
    }
  }

  private static func isPublicDeclaration(_ line: String) -> Bool {
    guard line.contains("public ") else { return false }
    let words = line.split { !($0.isLetter || $0.isNumber || "@_".contains($0)) }.map(String.init)
    guard let access = words.firstIndex(of: "public"),
      words[..<access].allSatisfy({ $0.hasPrefix("@") || isModifier($0) })
    else { return false }
    let rest = words[(access + 1)...].drop { isModifier($0) || $0 == "set" }
    guard let keyword = rest.first, keywords.contains(keyword) else { return false }
    if keyword == "init" { return line.contains("throws") }
    return keyword != "func" || !isOperator(line)
  }

  private static func isOperator(_ line: String) -> Bool {
    guard let name = line.components(separatedBy: "func ").last?.first else { return false }
    return !(name.isLetter || name == "_" || name == "`")
  }

  private static func isModifier(_ word: String) -> Bool {
    let modifiers: Set = [
      "final", "static", "mutating", "nonisolated", "indirect", "convenience", "private",
      "internal", "fileprivate", "required", "prefix", "postfix", "borrowing", "consuming", "weak",
      "unowned", "lazy", "override", "consume", "sending",
    ]
    return modifiers.contains(word)
  }

  private static func isDocumented(_ lines: [String], _ index: Int) -> Bool {
    var above = index - 1
    while above >= 0 {
      let line = lines[above].drop { $0 == " " }
      if line.hasPrefix("///") { return true }
      let isOneLiner = isPublicDeclaration(lines[above]) && lines[above].last != "{"
      guard line.hasPrefix("@") || line.hasPrefix("//") || isOneLiner else { return false }
      above -= 1
    }
    return false
  }
}
