import Testing

/// `perigee test` on specs that hold, fail and cannot be read.
@Suite struct TestCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  private func run(_ spec: String, _ options: [String] = []) throws -> Program.Outcome {
    try program.write("mine_spec.lua", "local pg = require 'perigee'\n" + spec)
    return try program.run(["test"] + options)
  }

  private func expectation(_ text: String) throws -> Program.Outcome {
    try run("describe('d', function() it('t', function() \(text) end) end)")
  }

  @Test(arguments: [
    "expect(1 + 1):to_equal(2)", "expect({ a = { 1, 2 } }):to_equal { a = { 1, 2 } }",
    "expect(pg.tensor{1, 2}):to_equal(pg.tensor{1, 2})",
    "expect(pg.tensor{0.1 + 0.2}):to_be_near({0.3})", "expect(0.1 + 0.2):to_be_near(0.3, 1e-15)",
    "expect(pg.zeros(2, 3)):to_have_shape {2, 3}", "expect(pg.tensor{1}):to_be_finite()",
    "expect('x').never:to_equal('y')", "expect(pg.log(pg.tensor{0})).never:to_be_finite()",
    "expect(function() error('no such thing') end):to_fail 'such'",
    "expect(1):to_be_truthy()", "expect(nil):to_be(nil)", "expect(0/0):to_equal(0/0)",
    "expect(pg.tensor{1, 2}).never:to_equal(pg.tensor({1, 2}, 'float64'))",
  ])
  func whatHolds(_ text: String) throws {
    defer { program.clean() }
    let outcome = try expectation(text)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output == "1 passed, 0 failed\n")
  }

  @Test(arguments: [
    ("expect(1):to_equal(2)", "it is 1, expected 2"),
    ("expect(pg.tensor{{1, 2}, {3, 4}}):to_equal {{1, 2}, {3, 5}}", "it[2][2] is 4, expected 5"),
    ("expect({ a = 1 }):to_equal { a = 1, b = 2 }", "it.b is nil, expected 2"),
    ("expect({ a = 1, b = 2 }):to_equal { a = 1 }", "it has \"b\", which was not expected"),
    ("expect(pg.tensor{1.1}):to_be_near({1})", "it[1] is 1.10000002, expected 1 within 1e-06"),
    ("expect(pg.zeros(2)):to_have_shape {3}", "its shape[1] is 2, expected 3"),
    ("expect(pg.tensor{1}):to_equal(pg.tensor({1}, 'float64'))", "it is float32, expected float64"),
    ("expect(function() end):to_fail()", "it did not fail"),
    ("expect(1).never:to_equal(1)", "it equals 1"),
    ("expect(pg.log(pg.tensor{1, 0})):to_be_finite()", "element 2 is -inf"),
    ("expect(1):to_eqaul(1)", "expect has no to_eqaul; it has"),
    ("error('oops')", "oops"),
  ])
  func whatFails(_ text: String, _ message: String) throws {
    defer { program.clean() }
    let outcome = try expectation(text)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("fail mine_spec.lua: d > t\n"), "\(outcome.output)")
    #expect(outcome.output.contains("mine_spec.lua:2: "), "\(outcome.output)")
    #expect(outcome.output.contains(message), "\(outcome.output)")
    #expect(outcome.output.hasSuffix("0 passed, 1 failed\n"))
  }

  private static let group = """
    local steps = {}
    describe("outer", function()
      before_each(function() steps[#steps + 1] = "before" end)
      after_each(function() steps[#steps + 1] = "after" end)
      it("one", function() expect(#steps):to_be(1) end)
      describe("inner", function()
        it("two", function() expect(table.concat(steps, " ")):to_be "before after before" end)
        it("draws", function() expect(pg.rand(1)):to_be_near(pg.rand(1), 2) end)
      end)
    end)
    """

  @Test func groupsAndFilters() throws {
    defer { program.clean() }
    let all = try run(Self.group, ["--verbose"])
    #expect(all.status == 0, "\(all.output)")
    #expect(all.output.contains("ok   mine_spec.lua: outer > inner > two\n"))
    let some = try run(Self.group, ["--filter", "one"])
    #expect(some.output == "1 passed, 0 failed\n")
    let none = try run(Self.group, ["--filter", "three"])
    #expect(none.status == 2)
    #expect(none.errors.contains("no test has \"three\" in its name"))
  }

  @Test func brokenFilesFail() throws {
    defer { program.clean() }
    let twice = try run("it('a', function() end) it('a', function() end)")
    #expect(twice.status == 1)
    #expect(twice.output.contains("mine_spec.lua:2: there are two tests called a"))
    let wrong = try run("it('a' function() end)")
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("fail mine_spec.lua: the file\n"), "\(wrong.output)")
  }

  @Test func noSpecsIsAMistake() throws {
    defer { program.clean() }
    let outcome = try program.run(["test"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("no files called *_spec.lua"))
    #expect(try program.run(["test", "nowhere"]).status == 2)
  }
}
