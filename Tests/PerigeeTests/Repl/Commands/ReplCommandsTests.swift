import Testing

@testable import perigee

/// Commands of the prompt are Lua.
@Suite struct ReplCommandsTests {
  private func lua(_ line: String, variables: Set<String> = []) throws -> String {
    try ReplCommands.lua(
      line,
      isExpression: { text in
        // Enough of Lua for these tests: no statement, and brackets in balance.
        let count = { (letter: Character) in text.filter { $0 == letter }.count }
        let isWord = text.split(separator: " ").count <= 1
        return count("(") == count(")") && (isWord || text.contains("(") || text.contains("+"))
          && !text.hasPrefix("for ")
      }, isVariable: variables.contains)
  }

  @Test func bodies() throws {
    #expect(try lua(":time f(1)") == "pg.time(function() return f(1)\nend)")
    #expect(try lua(":bench f(1);") == "pg.bench(function() return f(1)\nend)")
    #expect(try lua(":time for i = 1, 3 do end") == "pg.time(function() for i = 1, 3 do end\nend)")
  }

  @Test func applications() throws {
    #expect(try lua(":grad f x") == "pg.grad(f)(x)")
    #expect(try lua(":grad f, x") == "pg.grad(f)(x)")
    #expect(try lua(":grad g(1, 2) pg.ones(3)") == "pg.grad(g(1, 2))(pg.ones(3))")
    #expect(throws: UsageError.self) { try lua(":grad f") }
  }

  @Test func words() throws {
    #expect(try lua(":check dpo") == "pg.check(\"dpo\")")
    #expect(try lua(":check mine", variables: ["mine"]) == "pg.check(mine)")
    #expect(try lua(":export losses/dpo torch") == "print(pg.export(\"losses/dpo\", \"torch\"))")
    #expect(try lua(":plot f(2)") == "pg.plot(f(2))")
    #expect(try lua(":mem") == "pg.mem()")
  }

  @Test func unknownCommandsNameTheNearest() {
    #expect {
      try lua(":tim f()")
    } throws: {
      "\($0)".contains("did you mean \":time\"?")
    }
    #expect(throws: UsageError.self) { try lua(":load") }
  }

  @Test func savedSessionsAreScripts() {
    let log = SessionLog()
    log.add(.init(number: 1, text: "x = 1", isExpression: false, isSilent: true))
    log.add(.init(number: 2, text: "x + 1", isExpression: true, isSilent: false))
    log.add(.init(number: 3, text: "_2 * 2", isExpression: true, isSilent: true))
    #expect(log.script.hasSuffix("\nx = 1\n_2 = x + 1\nprint(_2)\n_ = _2 * 2\n"))
    log.clear()
    #expect(log.entries.isEmpty)
  }
}
