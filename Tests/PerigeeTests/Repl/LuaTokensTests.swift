import Testing

@testable import perigee

/// Words and symbols of Lua source.
@Suite struct LuaTokensTests {
  private func texts(_ source: String) -> [String] {
    LuaTokens.of(Array(source.utf8)).map(\.text)
  }

  @Test func wordsAndSymbols() {
    #expect(
      texts("local x1 <const> = a.b") == ["local", "x1", "<", "const", ">", "=", "a", ".", "b"])
  }

  @Test func stringsAndCommentsHideWords() {
    #expect(texts("'a b' -- end\nx") == ["'a b'", "x"])
    #expect(texts("\"a\\\"b\" y") == ["\"a\\\"b\"", "y"])
    #expect(texts("[==[ ]] end ]==] z") == ["[==[ ]] end ]==]", "z"])
    #expect(texts("--[[ end\nend ]] w") == ["w"])
    #expect(texts("a[b[1]]") == ["a", "[", "b", "[", "1", "]", "]"])
  }

  @Test func numbersAreNoWords() {
    let tokens = LuaTokens.of(Array("0x1f + 1.5e3 + x".utf8))
    #expect(tokens.filter { $0.kind == .name }.map(\.text) == ["x"])
  }

  @Test(arguments: ["'open", "[[open", "--[[open", "\"\\", "", "é"])
  func unfinishedSourceEnds(source: String) {
    #expect(LuaTokens.of(Array(source.utf8)).count <= source.utf8.count)
  }
}
