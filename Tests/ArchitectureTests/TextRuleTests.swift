import Testing

/// Rules about text find what they forbid, and only that.
@Suite struct TextRuleTests {
  private func tree(_ path: String, _ text: String) -> SourceTree {
    SourceTree(files: [SourceFile(path: path, text: text)])
  }

  private func swiftFunction(lines: Int) -> String {
    "struct A {\n  func f(\n    x: Int\n  ) -> Int {\n"
      + String(repeating: "    g()\n", count: lines) + "  }\n}\n"
  }

  @Test func fileLength() {
    let line = "let a = 1\n"
    #expect(LengthRules.files(tree("Sources/A/A.swift", String(repeating: line, count: 400))) == [])
    let long = tree("Sources/A/A.swift", String(repeating: line, count: 401))
    #expect(LengthRules.files(long).count == 1)
    #expect(LengthRules.files(tree("README.md", String(repeating: line, count: 301))).count == 1)
  }

  @Test func summaryNamesTheLongestFile() {
    let files = [151, 150].map { count in
      SourceFile(path: "Sources/A/F\(count).swift", text: String(repeating: "\n", count: count))
    }
    #expect(
      LengthRules.summary(SourceTree(files: files))
        == "2 files, 1 longer than 150 lines; longest Sources/A/F151.swift with 151 lines")
  }

  @Test func lineLengthCountsCharacters() {
    let wide = String(repeating: "é", count: 100)
    #expect(LengthRules.lines(tree("stdlib/losses/a.lua", wide)) == [])
    let violations = LengthRules.lines(tree("stdlib/losses/a.lua", "x\n" + wide + "é"))
    #expect(violations.map(\.line) == [2])
  }

  @Test func swiftFunctionLength() {
    #expect(FunctionRules.lengths(tree("Sources/A/A.swift", swiftFunction(lines: 40))) == [])
    let found = FunctionRules.lengths(tree("Sources/A/A.swift", swiftFunction(lines: 41)))
    #expect(found.map(\.line) == [2])
    #expect(found.first?.message.contains("41 lines") == true)
  }

  @Test func requirementsWithoutBodyHaveNoLength() {
    let protocolText = "protocol P {\n  func f(x: Int)\n  init(y: Int)\n}\n"
    let rest = String(repeating: "let a = 1\n", count: 60)
    #expect(FunctionRules.lengths(tree("Sources/A/A.swift", protocolText + rest)) == [])
  }

  @Test func functionsInsideStringsDoNotCount() {
    let text =
      "let a = \"\"\"\n  func f() {\n" + String(repeating: "  x\n", count: 60) + "  \"\"\"\n"
    #expect(FunctionRules.lengths(tree("Sources/A/A.swift", text)) == [])
  }

  @Test func cFunctionLength() {
    let body = String(repeating: "  g();\n", count: 41)
    let found = FunctionRules.lengths(tree("Sources/CA/a.c", "void f(int x) {\n\(body)}\n"))
    #expect(found.map(\.line) == [1])
    let table = "static const int f[(2)] = {\n\(body)};\n"
    #expect(FunctionRules.lengths(tree("Sources/CA/a.c", table)) == [])
  }

  @Test func luaFunctionLengthCountsCode() {
    let comments = String(repeating: "    -- why\n\n", count: 30)
    let code = String(repeating: "    g()\n", count: 30)
    let short = "return pg.loss {\n  compute = function(batch, p)\n\(comments)\(code)  end,\n}\n"
    #expect(FunctionRules.lengths(tree("stdlib/losses/a.lua", short)) == [])
    let long = short.replacing("  end,", with: "    g()\n  end,")
    #expect(FunctionRules.lengths(tree("stdlib/losses/a.lua", long)).map(\.line) == [2])
  }

  @Test(arguments: [
    "// TO" + "DO: later", "// FIX" + "ME", "// Copy" + "right (c) us", "@inlin" + "able",
  ])
  func leftovers(line: String) {
    #expect(WordRules.words(tree("Sources/A/A.swift", "\n" + line)).map(\.line) == [2])
  }

  @Test func foldersOfOneMachine() {
    let line = "let folder = \"../sh" + "ared/golden\""
    #expect(WordRules.words(tree("Sources/A/A.swift", line)).count == 1)
    #expect(WordRules.words(tree("Tests/TestSupport/Golden.swift", line)) == [])
  }

  @Test func vagueNames() {
    #expect(WordRules.names(tree("Sources/A/StringUtils.swift", "")).count == 1)
    #expect(WordRules.names(tree("Sources/Helpers/A.swift", "")).count == 1)
    #expect(WordRules.names(tree("Sources/A/A.swift", "final class Run" + "Manager {")).count == 1)
    #expect(WordRules.names(tree("Sources/A/A.swift", "let m = FileManager.default")) == [])
  }

  @Test func spaces() {
    #expect(WordRules.spaces(tree("Sources/CA/a.c", "a\tb\nc \nd")).map(\.line) == [1, 2])
    #expect(WordRules.spaces(tree("Sources/CA/a.c", "a\r\nb")).map(\.line) == [1])
    #expect(WordRules.spaces(tree("README.md", "a  \nb")) == [])
  }

  @Test func unsafeMarksNeedASentence() {
    let mark = "final class A: @unche" + "cked Sendable {"
    #expect(WordRules.unsafeMarks(tree("Sources/A/A.swift", mark)).count == 1)
    let explained = "/// Sendable because its state is behind a lock.\n" + mark
    #expect(WordRules.unsafeMarks(tree("Sources/A/A.swift", explained)) == [])
  }

  @Test(arguments: [
    "public func f() {", "public static let a = 1", "@discardableResult public func f() -> Int {",
    "  public private(set) var a = 1", "public final class A {", "  public init(a: Int) throws {",
    "public indirect enum E {", "  public subscript(i: Int) -> Int {",
  ])
  func publicDeclarationsAreDocumented(line: String) {
    let bare = DocumentationRules.publicDeclarations(tree("Sources/A/A.swift", "\n" + line))
    #expect(bare.map(\.line) == [2])
    let documented = "/// What it is.\n@available(*, deprecated)\n" + line
    #expect(DocumentationRules.publicDeclarations(tree("Sources/A/A.swift", documented)) == [])
    #expect(DocumentationRules.publicDeclarations(tree("Tests/A/A.swift", line)) == [])
  }

  @Test func oneLinersShareAComment() {
    let shared = "/// Sides.\npublic var a: Int { 1 }\npublic var b: Int { 2 }\n"
    #expect(DocumentationRules.publicDeclarations(tree("Sources/A/A.swift", shared)) == [])
    let apart = shared + "\npublic var c: Int { 3 }\n"
    let found = DocumentationRules.publicDeclarations(tree("Sources/A/A.swift", apart))
    #expect(found.map(\.line) == [5])
    let witness =
      "public var description: String { name }\npublic extension A {\n"
      + "  public init(a: Int) {\n  public static func + (x: A, y: A) -> A {\n"
    #expect(DocumentationRules.publicDeclarations(tree("Sources/A/A.swift", witness)) == [])
  }
}
