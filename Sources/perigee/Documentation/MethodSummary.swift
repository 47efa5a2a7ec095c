import LuaBindings
import Methods
import Notation

/// One method as lists show it.
struct MethodSummary {
  let entry: MethodEntry
  /// What it is: `pairwise loss`, `divergence`, ...; `fails to load` for a file with an error.
  let kind: String

  init(_ entry: MethodEntry, _ catalogue: MethodCatalogue) {
    self.entry = entry
    kind = Self.kind(entry, catalogue)
  }

  /// The summary without the period that ends it.
  var summary: String {
    entry.header.summary.hasSuffix(".")
      ? String(entry.header.summary.dropLast()) : entry.header.summary
  }

  /// Authors, year and identifier of the first source.
  var source: String { entry.header.sources.first ?? "" }

  /// Whether every word is mentioned somewhere.
  func mentions(_ words: [String]) -> Bool {
    let header = entry.header
    let inputs = header.parameters.flatMap { [$0.name, $0.text] }
    let parts = [entry.name, kind, header.summary, header.notes] + header.sources + inputs
    let text = parts.joined(separator: " ").lowercased()
    return words.flatMap { $0.lowercased().split(separator: " ") }
      .allSatisfy { text.contains($0) }
  }

  private static func kind(_ entry: MethodEntry, _ catalogue: MethodCatalogue) -> String {
    guard let declaration = try? catalogue.declaration(entry.path) else { return "fails to load" }
    let family = declaration.family.rawValue.replacing("_", with: " ")
    guard declaration.family == .loss, let loss = try? catalogue.loss(entry.path) else {
      return family
    }
    return "\(loss.contract.kind.rawValue) \(family)"
  }
}

/// The method somebody probably meant.
enum NearestTopic {
  /// `; did you mean "losses/dpo"?`, or nothing where no name is close.
  static func hint(_ word: String, _ entries: [MethodEntry]) -> String {
    let names = entries.flatMap { [$0.name, $0.stem] }
    guard let nearest = NearestName.find(word, in: names),
      let entry = entries.first(where: { $0.name == nearest || $0.stem == nearest })
    else { return "" }
    return "; did you mean \"\(entry.name)\"?"
  }
}
