import Foundation
import Testing

/// `perigee repl` without a terminal: as a script, and with prompts.
@Suite struct ReplCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  /// What a session prints, without banner and prompts.
  private func session(_ lines: String...) throws -> (output: String, errors: String) {
    defer { program.clean() }
    let outcome = try program.run(
      ["repl", "--interactive"], input: lines.joined(separator: "\n") + "\n")
    #expect(outcome.status == 0)
    let body = outcome.output.replacing(#/\[\d+\]> |\.\.\.> /#, with: "")
    let first = body.firstIndex(of: "\n").map { body.index(after: $0) } ?? body.startIndex
    return (String(body[first...]), outcome.errors)
  }

  @Test func pipedInputIsAScript() throws {
    defer { program.clean() }
    let outcome = try program.run(["repl"], input: "1 + 1 -- no statement\n")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("stdin:1: "))
    let good = try program.run(["repl"], input: "print(pg.tensor({1, 2}):sum():item())\n")
    #expect(good.status == 0)
    #expect(good.output == "3.0\n")
    #expect(good.errors == "")
  }

  @Test func expressionsPrint() throws {
    let result = try session("1 + 1", "'a' .. 'b'", "= 7", "nil", "1, true", "x = 5", "x")
    #expect(result.output == "2\n\"ab\"\n7\nnil\n1\ntrue\n5\n")
    #expect(result.errors == "")
  }

  @Test func semicolonSilencesAndResultsAreKept() throws {
    let result = try session("40 + 2;", "_", "_1 + _2", "_ * 10")
    #expect(result.output == "42\n84\n840\n")
  }

  @Test func localsLast() throws {
    let result = try session(
      "local a, b = 1, 2", "a + b", "local function f(n) return n < 2 and 1 or n * f(n - 1) end",
      "f(5)", "local a = a + 10", "a", "_G.a", "do local hidden = 1 end", "hidden")
    #expect(result.output == "3\n120\n11\nnil\nnil\n")
    #expect(result.errors == "")
  }

  @Test func inputGoesOnOverLines() throws {
    let result = try session("for i = 1, 2 do", "print(i)", "end", "{ 1,", "2 }", "(3 +", "4)")
    #expect(result.output == "1\n2\n{ 1, 2 }\n7\n")
    #expect(result.errors == "")
  }

  @Test func pastedPromptsAreStripped() throws {
    let result = try session("[1]> for i = 1, 2 do", "...> print(i)", "...> end", "> 5")
    #expect(result.output == "1\n2\n5\n")
  }

  @Test func tablesAreSortedAndSafe() throws {
    let result = try session(
      "t = { 3, 4, b = 'x', a = { y = true } }", "t", "t.self = t", "t", "{}",
      "{ { { { { { 1 } } } } } }", "{ [1.5] = 1, ['two words'] = 2 }")
    #expect(
      result.output == """
        { 3, 4, a = { y = true }, b = "x" }
        { 3, 4, a = { y = true }, b = "x", self = <cycle> }
        {}
        { { { { { {...} } } } } }
        { [1.5] = 1, ["two words"] = 2 }

        """)
  }

  @Test func tensorsPrintAsMatrices() throws {
    let result = try session("pg.tensor({{1, 2}, {3, 4}})", "_:sum():item()")
    #expect(result.output == "1.0  2.0\n3.0  4.0\nfloat32 [2, 2]\n10.0\n")
  }

  @Test func librariesPrintTheirName() throws {
    let result = try session("pg", "print", "function f() end", "f", "{ pg.ones(2) }")
    #expect(
      result.output == """
        library perigee
        native function
        function at [3]:1
        { (1.0, 1.0) float32 [2] }

        """)
  }

  @Test func errorsKeepTheSession() throws {
    let result = try session(
      "x = 1", "x + nil", "= = 1", "function f() error('deep') end",
      "function g() f() return 1 end", "g()", "x")
    #expect(result.output == "1\n")
    let errors = result.errors
    #expect(errors.contains("[2]:1: attempt to perform arithmetic on a nil value\n"), "\(errors)")
    #expect(errors.contains("[3]:1: unexpected symbol near '='"), "\(errors)")
    let frames = "traceback:\n  [3]:1: in 'f'\n  [4]:1: in a function\n"
    #expect(errors.contains("deep\n" + frames), "\(errors)")
    #expect(!errors.contains("prompt:"))
  }

  @Test func help() throws {
    let result = try session(
      "?exp", "?dpo", "?grad", "?expp", "??f", "function f()", "return 1", "end", "??f")
    #expect(result.output.contains("pg.exp(x)   x:exp()\n"))
    #expect(result.output.contains("losses/dpo  (pairwise loss)\n"))
    #expect(result.output.contains("pg.grad(f"))
    #expect(result.output.contains("nothing is called \"expp\"; did you mean \"exp\"?"))
    #expect(result.output.hasSuffix("function f()\nreturn 1\nend\n"))
  }

  @Test func everyLibraryFunctionHasHelp() throws {
    let script = "for k in pairs(require 'perigee') do print(k) end"
    let names = try Program.run("run", "-", input: script)
      .output.split(separator: "\n").map(String.init)
    #expect(names.count > 100)
    defer { program.clean() }
    let input = names.map { "?\($0)" }.joined(separator: "\n") + "\n"
    let outcome = try program.run(["repl", "--interactive"], input: input)
    #expect(!outcome.output.contains("nothing is called"))
    let bare = outcome.output.matches(of: #/\]> (pg\.\w+): /#).map { $0.output.1 }
    #expect(bare == [])
  }

  @Test func initFileIsRunFirst() throws {
    defer { program.clean() }
    let folder = program.folder.appendingPathComponent("config/perigee")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try program.write("config/perigee/init.lua", "answer = 42")
    let outcome = try program.run(["repl"], input: "print(answer)")
    #expect(outcome.output == "42\n")
  }

  @Test func aPieceOfCodeFromTheCommandLine() throws {
    let value = try Program.run("repl", "-e", "pg.ones(2):sum()")
    #expect(value.status == 0)
    #expect(value.output == "2.0  float32 []\n")
    let wrong = try Program.run("repl", "-e", "x = nil + 1")
    #expect(wrong.status == 1)
    #expect(wrong.output == "")
    #expect(wrong.errors.hasPrefix("command line:1: attempt to perform arithmetic"))
    #expect(try Program.run("repl", "-e", "x = (").status == 1)
  }

  @Test func methodsPrintTheHeadOfTheirDocumentation() throws {
    let result = try session("pg.method('dpo')", "{ pg.method('dpo') }")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "losses/dpo: pairwise loss (beta = 0.1, label_smoothing = 0.0)")
    #expect(lines.dropFirst().first == "  Direct preference optimization.")
    #expect(lines.dropFirst(2).first?.contains("L = -log sigmoid(u)") == true)
    #expect(lines.last == "{ pairwise loss (beta = 0.1, label_smoothing = 0.0) }")
  }

  @Test func whateverTheSessionMakesOfStandardNames() throws {
    let result = try session(
      "string, table, type, pairs, tostring = 1, 2, 3, 4, 5", "{ 1, a = 'x' }", "pg.ones(1)")
    #expect(result.output == "{ 1, a = \"x\" }\n1.0\nfloat32 [1]\n")
    #expect(result.errors == "")
  }

  @Test func commands() throws {
    let result = try session(
      ":grad function(x) return (x * x):sum() end pg.tensor{3}", ":time 1 + 1", ":bench pg.ones(3)",
      ":mem", ":check dpo", "y = 5", "local z = 6", ":reset", "y, z", ":nonsense",
      "pg.time(print, 7)")
    #expect(result.output.hasPrefix("6.0\nfloat32 [1]\n"))
    #expect(result.output.contains(#/\ns?.* [mun]?s\n2\n/#))
    #expect(result.output.contains(#/median .*, quartiles .* and .*, \d+ runs\n/#))
    #expect(result.output.contains(#/Lua .*, tensors .*\n/#))
    #expect(result.output.contains("losses/dpo: passed") || result.output.contains("dpo: passed"))
    #expect(result.output.contains("\nnil\nnil\n7\n"))
    #expect(result.errors.hasPrefix("there is no command \":nonsense\""))
  }

  @Test func savedSessionsPrintTheSame() throws {
    defer { program.clean() }
    try program.write("loaded.lua", "return { answer = 42 }")
    let input = """
      x = pg.tensor{1, 2}
      x:sum():item()
      t = pg.load("loaded.lua")
      t.answer;
      _ + 1
      nil + 1
      :save session.lua

      """
    let typed = try program.run(["repl", "--interactive"], input: input)
    #expect(typed.output.contains("session.lua: 5 inputs"))
    let saved = try program.run(["run", "session.lua"])
    #expect(saved.output == "3.0\n43\n")
    #expect(saved.errors == "")
  }

  @Test func reloadReadsFilesAgain() throws {
    defer { program.clean() }
    try program.write("mine.lua", "calls = (calls or 0) + 1")
    let outcome = try program.run(
      ["repl", "--interactive"], input: ":load mine.lua\n:reload\ncalls\n")
    #expect(outcome.output.contains("read again: methods, mine.lua"))
    #expect(outcome.output.contains("]> 2\n"))
  }

  @Test func helpShowsShapesErrorsAndAnExample() throws {
    let result = try session("?matmul", "??softmax")
    #expect(result.output.contains("shapes\n  "))
    #expect(result.output.contains("errors\n  matmul: "))
    #expect(result.output.contains("example\n  > pg.matmul("))
    #expect(result.output.contains("graph of the example\n  %0 = "))
  }

  @Test func lossesWithoutAFilePrintTheirFormula() throws {
    let result = try session(
      "mine = pg.loss { kind = 'pairwise', params = { beta = pg.positive(0.1) },",
      "compute = function(b, p) return",
      "pg.relu(1 - p.beta * (b.chosen.logratio - b.rejected.logratio)) end }", "mine",
      "'two\\nlines'", "{ 'two\\nlines' }", ":export ipo lua", "d = pg.method('ipo')", ":check d")
    let output = result.output
    #expect(output.hasPrefix("pairwise loss (beta = 0.1)\n"))
    #expect(output.contains("return pg.relu(1 - p.beta * (b"), "\(output)")
    #expect(output.contains("\ntwo\nlines\n{ \"two\\nlines\" }\n"))
    #expect(output.contains("compute = function(batch, p)\n"))
    #expect(output.contains("ipo: passed"), "\(output) \(result.errors)")
  }
}
