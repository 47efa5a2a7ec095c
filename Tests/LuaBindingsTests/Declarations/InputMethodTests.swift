import LuaBindings
import TestSupport
import Testing

@Suite struct InputMethodTests {
  let script: Script

  init() throws {
    script = try Script()
    _ = try script.values(
      """
      weighted = pg.reward { of = "numbers", params = { scale = pg.number(2) },
        inputs = { score = "row part", weight = "part" },
        compute = function(x, p) return p.scale * (x.score * x.weight):sum(2) end }
      """)
  }

  @Test func computesFromNamedTensors() throws {
    let call = "weighted({ score = { { 1, 2 }, { 3, 4 } }, weight = { 1, 10 } }"
    expectClose(try script.numbers("return \(call))"), [42, 86])
    expectClose(try script.numbers("return \(call), { scale = 1 })"), [21, 43])
  }

  @Test func mistakesAreNamed() {
    #expect(
      script.failure("return weighted { score = { { 1, 2 } }, weight = { 1, 2, 3 } }")
        .contains("weight must be [part] with part = 2, got [3]"))
    #expect(
      script.failure("return weighted { score = { { 1, 2 } } }").contains("needs weight [part]"))
    #expect(
      script.failure("return weighted { scores = { 1 } }").contains("did you mean \"score\"?"))
    #expect(
      script.failure("return pg.sampler { compute = function() end }")
        .contains("the field \"inputs\" is missing"))
    #expect(
      script.failure("return pg.sampler { inputs = { x = 3 }, compute = function() end }")
        .contains("the axes of x must be a string"))
    #expect(
      script.failure(
        "return pg.sampler { inputs = { x = '2' }, compute = function() end } { x = { 1 } }"
      ).contains("x must be [2], got [1]"))
    #expect(
      script.failure(
        "return pg.diagnostic { inputs = { x = '' }, compute = function() end } { x = 1 }"
      ).contains("compute returned nothing"))
  }
}
