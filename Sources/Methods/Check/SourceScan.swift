/// Finds conditions that look at tensors, which Lua takes for true whatever they hold.
enum SourceScan {
  private static let comparisons = ["gt", "ge", "lt", "le", "eq", "ne"]

  /// Lines of a Lua source whose condition calls a comparison, with their numbers.
  static func suspiciousConditions(_ source: String) -> [(line: Int, text: String)] {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().compactMap { index, line in
      let code = String(line.split(separator: "--", maxSplits: 1).first ?? "")
      guard let condition = condition(code),
        comparisons.contains(where: { name in
          condition.contains(":\(name)(") || condition.contains(".\(name)(")
        })
      else { return nil }
      return (index + 1, code.split(separator: " ").joined(separator: " "))
    }
  }

  /// Lines that compare a real parameter by `==` or `~=`, which for a tensor and a number is never
  /// equal, whatever they hold.
  static func parameterComparisons(
    _ source: String, _ names: [String]
  ) -> [(line: Int, text: String)] {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.enumerated().compactMap { index, line in
      let code = line.split(separator: "--", maxSplits: 1).first ?? ""
      let words = code.split { $0 == " " || $0 == "(" || $0 == ")" }.map(String.init)
      let isCompared = words.indices.contains { place in
        guard words[place] == "==" || words[place] == "~=" else { return false }
        let sides = [place - 1, place + 1].filter(words.indices.contains).map { words[$0] }
        return sides.contains { side in names.contains { side.hasSuffix("p.\($0)") } }
      }
      return isCompared ? (index + 1, words.joined(separator: " ")) : nil
    }
  }

  /// The part of a line between a keyword of a condition and its end.
  private static func condition(_ code: String) -> String? {
    let words = code.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    let keywords: Set = ["if", "elseif", "while", "until", "not", "and", "or"]
    guard let start = words.firstIndex(where: keywords.contains) else { return nil }
    let end = words[start...].firstIndex { $0 == "then" || $0 == "do" } ?? words.count
    let isJoined = ["not", "and", "or"].contains(words[start])
    return words[(isJoined ? 0 : start)..<end].joined(separator: " ")
  }
}
