import Testing

@Suite struct TensorCreationTests {
  let script: Script

  init() throws { script = try Script() }

  @Test func makesWhatItSays() throws {
    #expect(try script.numbers("return pg.zeros(2, 2)") == [0, 0, 0, 0])
    #expect(try script.numbers("return pg.ones({3})") == [1, 1, 1])
    #expect(try script.numbers("return pg.full({2}, 7)") == [7, 7])
    #expect(try script.numbers("return pg.eye(2)") == [1, 0, 0, 1])
    #expect(try script.numbers("return pg.arange(3)") == [1, 2, 3])
    #expect(try script.numbers("return pg.arange(2, 6, 2)") == [2, 4, 6])
    #expect(try script.text("return pg.arange(3).dtype") == "int64")
    #expect(try script.numbers("return pg.linspace(0, 1, 3)") == [0, 0.5, 1])
    #expect(try script.text("return pg.zeros(2, {dtype = 'float64'}).dtype") == "float64")
    #expect(try script.text("return pg.tensor({1, 2}, 'int64').dtype") == "int64")
    #expect(script.failure("return pg.zeros(2, {dtyp = 'float64'})").contains("\"dtype\""))
    #expect(script.failure("return pg.zeros(-1)").contains("expected extents"))
  }

  @Test func drawsDependOnSeedAndStream() throws {
    let draw = "pg.seed(3) local x = pg.randn(4) local y = pg.randn(4) "
    let first = try script.numbers(draw + "return x")
    #expect(try script.numbers(draw + "return x") == first)
    #expect(try script.numbers(draw + "return y") != first)
    #expect(try script.numbers("pg.seed(3) return pg.randn(4, {stream = 'other'})") != first)
    let uniform = try script.numbers("return pg.rand(1000)")
    #expect(uniform.allSatisfy { 0 <= $0 && $0 < 1 })
  }
}
