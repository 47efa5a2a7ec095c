import LuaBindings
import Testing

@Suite struct TensorKindTests {
  let script: Script

  init() throws { script = try Script() }

  @Test func operatorsActElementByElement() throws {
    let x = "local x, y = pg.tensor {1, 2, 3}, pg.tensor {4, 5, 6} "
    #expect(try script.numbers(x + "return x + y") == [5, 7, 9])
    #expect(try script.numbers(x + "return x - y") == [-3, -3, -3])
    #expect(try script.numbers(x + "return x * y") == [4, 10, 18])
    #expect(try script.numbers(x + "return y / 2") == [2, 2.5, 3])
    #expect(try script.numbers(x + "return 1 - x") == [0, -1, -2])
    #expect(try script.numbers(x + "return -x") == [-1, -2, -3])
    #expect(try script.numbers(x + "return x ^ 2") == [1, 4, 9])
    #expect(try script.numbers(x + "return y % 4") == [0, 1, 2])
    #expect(try script.numbers(x + "return y // 4") == [1, 1, 1])
    #expect(try script.numbers(x + "return #x") == [3])
  }

  @Test func numbersAreWeak() throws {
    #expect(try script.text("return (pg.tensor({1}, 'float64') * 2.5).dtype") == "float64")
    #expect(try script.text("return (pg.tensor({1}, 'int64') * 2).dtype") == "int64")
    #expect(
      script.failure("return pg.tensor({1}, 'int64') * 2.5").hasPrefix(
        "test.lua:1: mul: the number 2.5 cannot become int64"))
  }

  @Test func refusesWhatLuaOperatorsCannotMean() {
    let x = "local x, y = pg.tensor {1}, pg.tensor {2} "
    #expect(script.failure(x + "return x < y").contains("use x:lt(y)"))
    #expect(script.failure(x + "return x <= y").contains("use x:le(y)"))
    #expect(script.failure(x + "return x == y").contains("use x:eq(y)"))
    #expect(script.failure(x + "x[1] = 3").contains("tensors do not change"))
  }

  @Test func properties() throws {
    let x = "local x = pg.tensor {{1, 2, 3}, {4, 5, 6}} "
    #expect(try script.values(x + "return table.unpack(x.shape)") == [.integer(2), .integer(3)])
    #expect(try script.text(x + "return x.dtype") == "float32")
    #expect(try script.numbers(x + "return x.rank") == [2])
    #expect(try script.numbers(x + "return x:size(-1)") == [3])
    #expect(try script.numbers(x + "return x[2]") == [4, 5, 6])
    #expect(try script.numbers(x + "return x[-1]") == [4, 5, 6])
    #expect(try script.numbers(x + "return x[{2, 3}]") == [6])
    #expect(script.failure(x + "return x[3]").contains("3 is outside 1...2"))
    #expect(script.failure(x + "return x.shap").contains("did you mean 'shape'?"))
    #expect(script.failure(x + "return x:sofmax()").contains("did you mean 'softmax'?"))
  }

  @Test func slices() throws {
    let x = "local x = pg.tensor {{1, 2, 3}, {4, 5, 6}} "
    #expect(try script.numbers(x + "return x[{2, {2, 3}}]") == [5, 6])
    #expect(try script.numbers(x + "return x[{{}, 1}]") == [1, 4])
    #expect(try script.numbers(x + "return x[{1, {3, 1, -2}}]") == [3, 1])
    #expect(script.failure(x + "return x[{1, {0, 2}}]").contains("0 is outside 1...3"))
    #expect(script.failure(x + "return x[{1, 'a'}]").contains("{ first, last [, step] }"))
  }

  @Test func conversions() throws {
    #expect(try script.numbers("return pg.tensor(3):item()") == [3])
    #expect(try script.numbers("return pg.tensor({{1, 2}, {3, 4}}):totable()[2][1]") == [3])
    #expect(try script.values("return pg.tensor({true, false}):totable()[1]") == [.boolean(true)])
    #expect(try script.text("return pg.tensor({1}):to('float64').dtype") == "float64")
    #expect(
      script.failure("return pg.tensor({1}):to('float46')").contains("did you mean \"float64\"?"))
    #expect(script.failure("return pg.tensor {{1, 2}, {3}}").contains("equal lengths"))
    #expect(script.failure("return pg.tensor {1, 'a'}").contains("expected a number, got string"))
    #expect(script.failure("return pg.tensor({1, 2}):item()").contains("one element"))
  }

  @Test func prints() throws {
    #expect(
      try script.text("return tostring(pg.tensor {{1, 2.5}, {0/0, 1/0}})")
        == "1.0000  2.5000\n   nan     inf\nfloat32 [2, 2]")
    #expect(try script.text("return tostring(pg.tensor(2))") == "2.0  float32 []")
  }

  @Test func errorsNameTheLine() {
    let failure = script.failure(
      "local x = pg.zeros(2, 3)\nlocal y = pg.zeros(4, 5)\nreturn x:matmul(y)")
    #expect(failure == "test.lua:3: matmul: inner extents of [2, 3] and [4, 5] differ")
    #expect(script.failure("return pg.exp('a')").contains("bad argument #1 to 'exp'"))
    #expect(script.failure("return pg.exp(1, 2)").contains("takes 1 argument, got 2"))
    #expect(script.failure("return pg.sofmax(1)").contains("did you mean 'softmax'?"))
  }
}
