/// Limits on the length of functions, found by indentation, which the formatter guarantees.
enum FunctionRules {
  static let longestBody = 40
  static let longestLuaBody = 30

  static func lengths(_ tree: SourceTree) -> [Violation] {
    tree.files.flatMap { file -> [Violation] in
      switch file.suffix {
      case "swift": return swift(file)
      case "c", "h": return c(file)
      case "lua": return lua(file)
      default: return []
      }
    }
  }

  private static func swift(_ file: SourceFile) -> [Violation] {
    let inString = multilineStrings(file.lines)
    return file.lines.indices.compactMap { start in
      guard !inString[start], startsSwiftFunction(file.lines[start]) else { return nil }
      let indent = indentation(file.lines[start])
      // A signature may span lines; a requirement without a body is over when the indent returns.
      var open = start
      while !file.lines[open].hasSuffix("{") {
        open += 1
        guard open < file.lines.count, continues(file.lines[open], indent: indent) else {
          return nil
        }
      }
      return tooLong(file, start, open, indent: indent, closing: "}", limit: longestBody)
    }
  }

  private static func c(_ file: SourceFile) -> [Violation] {
    file.lines.indices.compactMap { open in
      let line = file.lines[open]
      let notFunctions = ["=", "struct", "enum", "union", "typedef", "extern \"C\"", "namespace"]
      guard line.hasSuffix("{"), indentation(line) == 0, line.contains(")"),
        !notFunctions.contains(where: line.contains)
      else { return nil }
      return tooLong(file, open, open, indent: 0, closing: "}", limit: longestBody)
    }
  }

  private static func lua(_ file: SourceFile) -> [Violation] {
    file.lines.indices.compactMap { start in
      let line = code(file.lines[start])
      guard line.contains("function"), !line.contains(" end"), line.hasSuffix(")") else {
        return nil
      }
      let indent = indentation(line)
      return tooLong(
        file, start, start, indent: indent, closing: "end", limit: longestLuaBody,
        counts: { !code($0).allSatisfy(\.isWhitespace) })
    }
  }

  private static func tooLong(
    _ file: SourceFile, _ start: Int, _ open: Int, indent: Int, closing: String, limit: Int,
    counts: (String) -> Bool = { _ in true }
  ) -> Violation? {
    let rest = file.lines[(open + 1)...]
    let end = rest.firstIndex {
      indentation($0) == indent && $0.dropFirst(indent).hasPrefix(closing)
    }
    let length = rest[..<(end ?? rest.endIndex)].count(where: counts)
    guard length > limit else { return nil }
    return file.violation(start + 1, "function body of \(length) lines, more than \(limit)")
  }

  private static func startsSwiftFunction(_ line: String) -> Bool {
    guard line.contains("func ") || line.contains("init") else { return false }
    let modifiers: Set = [
      "public", "private", "fileprivate", "internal", "package", "static", "final", "mutating",
      "override", "convenience", "required", "nonisolated", "consuming", "borrowing", "class",
      "@discardableResult", "@Sendable", "@Test", "isolated", "indirect",
    ]
    let words = line.split(separator: " ").drop { modifiers.contains(String($0)) }
    guard let word = words.first else { return false }
    return word == "func" || word.hasPrefix("init(") || word.hasPrefix("init?(")
      || word.hasPrefix("init<")
  }

  private static func continues(_ line: String, indent: Int) -> Bool {
    indentation(line) > indent || line.dropFirst(indent).hasPrefix(")")
      || line.dropFirst(indent).hasPrefix("where ") || line.dropFirst(indent).hasPrefix("{")
  }

  private static func multilineStrings(_ lines: [String]) -> [Bool] {
    var inside = false
    return lines.map { line in
      let before = inside
      let quotes = line.split(separator: "\"\"\"", omittingEmptySubsequences: false).count - 1
      if quotes % 2 == 1 { inside.toggle() }
      return before
    }
  }

  private static func code(_ line: String) -> String {
    let parts = line.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
    var code = parts.first.map(String.init) ?? ""
    while code.last == " " { code.removeLast() }
    return code
  }

  private static func indentation(_ line: String) -> Int {
    line.prefix { $0 == " " }.count
  }
}
