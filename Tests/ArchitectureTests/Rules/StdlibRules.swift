/// Every file of `stdlib/` opens with its documentation; methods say shapes, result and source.
enum StdlibRules {
  static func headers(_ tree: SourceTree) -> [Violation] {
    tree.files(in: "stdlib", suffix: "lua").flatMap { file -> [Violation] in
      let header = file.lines.prefix { $0.hasPrefix("--") }
      guard let title = header.first, title.hasPrefix("--- "), title.hasSuffix(".") else {
        return [file.violation(1, "starts with '--- ' and a one-line summary ending in a period")]
      }
      return required(file).filter { tag in !header.contains { $0.hasPrefix("-- \(tag)") } }
        .map { file.violation(1, "header has no \($0)") }
        + incomplete(file, Array(header))
    }
  }

  /// A recipe is a program; everything else is a method someone published.
  private static func required(_ file: SourceFile) -> [String] {
    let family = file.components.count > 2 ? file.components[1] : ""
    if family == "recipes" { return [] }
    let always = ["@param", "@return", "@error", "@example", "@source", "@differs"]
    // What a generic test can hold them to.
    let lawful = ["losses", "divergences", "preference_models"].contains(family)
    return always + (lawful ? ["@law"] : [])
  }

  /// A tag without its text documents nothing.
  private static func incomplete(_ file: SourceFile, _ header: [String]) -> [Violation] {
    header.enumerated().compactMap { index, line in
      let words = line.split(separator: " ")
      guard words.count > 1, words[1].hasPrefix("@") else { return nil }
      let needed = words[1] == "@param" ? 4 : 3
      guard words.count < needed else { return nil }
      return file.violation(index + 1, "\(words[1]) is incomplete")
    }
  }
}
