/// The lines of a script that give their results names: `local u = p.beta * margin`.
struct ScriptLines {
  private let lines: [Substring]

  init(_ source: String) {
    lines = source.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The variables of a line, from 1, that is a whole statement; nil for any other.
  func variables(_ number: Int) -> [String]? {
    guard lines.indices.contains(number - 1), isWhole(number - 1) else { return nil }
    let code = Self.code(lines[number - 1])
    let words = code.hasPrefix("local ") ? code.dropFirst(6) : code[...]
    guard !words.hasPrefix("function"), let sign = words.firstIndex(of: "=") else { return nil }
    let names = words[..<sign].split(separator: ",").map {
      String($0.split(separator: " ").joined())
    }
    let isPlain = names.allSatisfy { name in
      !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
    return isPlain ? names : nil
  }

  /// Whether neither this line nor the next goes on with an expression.
  private func isWhole(_ index: Int) -> Bool {
    let code = Self.code(lines[index])
    let opening = code.filter { "([{".contains($0) }.count
    guard opening == code.filter({ ")]}".contains($0) }).count else { return false }
    let next = lines.dropFirst(index + 1).map(Self.code).first { !$0.isEmpty } ?? ""
    let goesOn = ["+", "-", "*", "/", "^", ":", ".", ",", ")", "}", "and ", "or "]
    let isOpen = ["+", "-", "*", "/", "^", ",", "=", "(", "{"]
    return !goesOn.contains(where: next.hasPrefix) && !isOpen.contains(where: code.hasSuffix)
  }

  /// The line without comment and indentation.
  private static func code(_ line: Substring) -> String {
    var text = line.prefix { _ in true }
    if let comment = text.firstRange(of: "--") { text = text[..<comment.lowerBound] }
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
