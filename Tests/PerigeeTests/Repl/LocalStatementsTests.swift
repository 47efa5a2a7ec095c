import Testing

@testable import perigee

/// `local` at the top of an input becomes the session's.
@Suite struct LocalStatementsTests {
  @Test(arguments: [
    ("local x = 1", "      x = 1", ["x"]),
    ("local x", "      x = nil", ["x"]),
    ("local a, b = f()", "      a, b = f()", ["a", "b"]),
    ("local a, b", "      a, b = nil", ["a", "b"]),
    ("local x <const> = 1", "      x         = 1", ["x"]),
    ("local function f(n) return n end", "      function f(n) return n end", ["f"]),
    ("local x = 1 local y = x", "      x = 1       y = x", ["x", "y"]),
    ("local s = [[\nlocal t = 1]]", "      s = [[\nlocal t = 1]]", ["s"]),
  ])
  func rewrites(input: String, source: String, names: [String]) {
    let statements = LocalStatements(input)
    #expect(statements.source == source)
    #expect(statements.names == names)
  }

  @Test(arguments: [
    "do local x = 1 end", "if a then local x = 1 end", "for i = 1, 2 do local x = i end",
    "function f() local x = 1 end", "repeat local x = 1 until x", "local x <close> = f()",
    "-- local x = 1", "--[==[\nlocal x = 1\n]==]", "s = 'local x = 1'", "s = \"\\\"local x = 1\"",
    "while true do local x = 1 break end", "locals = 1", "local = 1",
  ])
  func leavesOthers(input: String) {
    #expect(LocalStatements(input).source == input)
    #expect(LocalStatements(input).names == [])
  }

  @Test func afterABlockItIsTheTopAgain() {
    let input = "if a then b() elseif c then d() end local x = 1"
    #expect(LocalStatements(input).names == ["x"])
  }
}
