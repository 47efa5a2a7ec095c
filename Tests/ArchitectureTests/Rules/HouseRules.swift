/// Every rule of the house, as data: a name and a function from the tree to its violations.
struct HouseRule: Sendable {
  var name: String
  var check: @Sendable (SourceTree) -> [Violation]

  static let all = [
    HouseRule(name: "file length", check: LengthRules.files),
    HouseRule(name: "line length", check: LengthRules.lines),
    HouseRule(name: "function length", check: FunctionRules.lengths),
    HouseRule(name: "words", check: WordRules.words),
    HouseRule(name: "names", check: WordRules.names),
    HouseRule(name: "spaces", check: WordRules.spaces),
    HouseRule(name: "unsafe marks explained", check: WordRules.unsafeMarks),
    HouseRule(name: "documentation", check: DocumentationRules.publicDeclarations),
    HouseRule(name: "imports", check: ImportRules.imports),
    HouseRule(name: "manifest", check: ManifestRules.targets),
    HouseRule(name: "top level", check: LayoutRules.topLevel),
    HouseRule(name: "tests for every module", check: LayoutRules.tests),
    HouseRule(name: "folder size", check: LayoutRules.folders),
    HouseRule(name: "stdlib headers", check: StdlibRules.headers),
  ]
}
