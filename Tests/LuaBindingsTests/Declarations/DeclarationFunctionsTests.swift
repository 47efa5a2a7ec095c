import LuaBindings
import Testing

@Suite struct DeclarationFunctionsTests {
  let script: Script

  init() throws { script = try Script() }

  @Test func unknownFieldsAreErrors() {
    let compute = "compute = function() end"
    #expect(
      script.failure("return pg.loss { kind = 'pairwise', parms = {}, \(compute) }")
        .hasPrefix("test.lua:1: loss: unknown field \"parms\"; did you mean \"params\"?"))
    #expect(
      script.failure("return pg.loss { kind = 'pairwise' }")
        == "test.lua:1: loss: the field \"compute\" is missing")
    #expect(
      script.failure("return pg.loss { kind = 'pairwse', \(compute) }")
        .contains("got \"pairwse\"; did you mean \"pairwise\"?"))
    #expect(
      script.failure("return pg.loss { kind = 'pairwise', compute = 3 }")
        .contains("compute must be a function, got number"))
    #expect(
      script.failure("return pg.loss { kind = 'pairwise', params = { beta = 1 }, \(compute) }")
        .contains("params.beta must be a parameter such as pg.positive(0.1)"))
    #expect(
      script.failure("return pg.loss { kind = 'pairwise', needs = { model = {} }, \(compute) }")
        .contains("did you mean \"models\"?"))
    #expect(
      script.failure("return pg.loss { kind = 'pairwise', state = { m = 'a' }, \(compute) }")
        .contains("state.m must start as a number"))
  }

  @Test func parametersCheckTheirDefaults() {
    #expect(script.failure("return pg.positive(-1)").contains("must be a number > 0, got -1"))
    #expect(script.failure("return pg.interval(0, 1, 2)").contains("in [0.0, 1.0]"))
    #expect(script.failure("return pg.interval(1, 0, 2)").contains("1.0 is above 0.0"))
    #expect(script.failure("return pg.choice {}").contains("list of names"))
    #expect(script.failure("return pg.positive(1, { 2 })").contains("{ low, high }"))
  }

  @Test func declarationsComeBackAsWritten() throws {
    let value = try script.values(
      """
      return pg.loss {
        kind = 'pairwise', reduction = 'batch', needs = { mismatched = true },
        params = {
          beta = pg.positive(0.1, { 0.01, 1 }), mode = pg.choice { 'a', 'b' },
          steps = pg.integer(3), on = pg.flag(true),
        },
        compute = function() end,
      }
      """)[0]
    let declaration = try MethodDeclaration(value)
    #expect(declaration.family == .loss)
    #expect(declaration.parameters.map(\.name) == ["beta", "mode", "on", "steps"])
    #expect(declaration.parameters[0].search == 0.01...1)
    #expect(declaration.parameters[1].fallback == .text("a"))
    #expect(try declaration.parameters[1].parse("b") == .text("b"))
    #expect(try declaration.parameters[0].parse("0.5") == .number(0.5))
    #expect(try declaration.parameters[2].parse("false") == .flag(false))
    #expect(throws: DeclarationError("beta must be a number > 0, got \"x\"")) {
      try declaration.parameters[0].parse("x")
    }
    #expect(throws: DeclarationError.self) { try declaration.parameters[0].parse("0") }
    let session = try ScriptSession()
    #expect(throws: DeclarationError.self) {
      try MethodLoss(MethodDeclaration(.integer(3)), name: "x", in: session)
    }
  }

  @Test func declarationsPrint() throws {
    let loss =
      "pg.loss { kind = 'pairwise', params = { beta = pg.positive(0.1) }, "
      + "compute = function() end }"
    let text = try script.text("return tostring(\(loss))")
    #expect(text == "pairwise loss (beta = 0.1)")
    #expect(
      try script.text("return tostring(pg.choice { 'a', 'b' })") == "one of a, b, a unless given")
  }

  @Test func divergencesDeriveTheirScore() throws {
    let source = """
      local d = pg.divergence { f = function(u) return u * pg.log(u) end }
      return d.score(pg.tensor({0.5, -2}, 'float64'))
      """
    let score = try script.numbers(source)
    #expect(abs(score[0] - 1.5) < 1e-12 && abs(score[1] + 1) < 1e-12)
  }

  @Test func rewardsPrepareOnce() throws {
    let source = """
      prepared = 0
      local r = pg.reward {
        params = { weight = pg.positive(2) },
        prepare = function(p) prepared = prepared + 1 return p.weight * 10 end,
        compute = function(text, p, ready) return #text * p.weight + ready end,
      }
      return r.score('abc', { weight = 3 })
      """
    #expect(try script.numbers(source) == [39])
    #expect(try script.numbers("return prepared") == [1])
  }
}
