import LuaBindings
import TensorCore
import Testing

@Suite struct OperationFunctionsTests {
  let script: Script

  init() throws { script = try Script() }

  @Test func everyPublicOperationIsThere() throws {
    for operation in Catalogue.operations where operation.isPublic {
      #expect(
        try script.values("return type(pg.\(operation.name))") == [.string("function")],
        "\(operation.name)")
      guard operation.parameters.first?.kind == .tensor else { continue }
      #expect(
        try script.values("return type(pg.zeros(1).\(operation.name))") == [.string("function")],
        "\(operation.name)")
    }
  }

  @Test func axesCountFromOne() throws {
    let x = "local x = pg.tensor {{1, 2, 3}, {4, 5, 6}} "
    #expect(try script.numbers(x + "return x:sum(1)") == [5, 7, 9])
    #expect(try script.numbers(x + "return x:sum(-1)") == [6, 15])
    #expect(try script.numbers(x + "return x:sum({1, 2})") == [21])
    #expect(try script.numbers(x + "return x:sum(1, 2)") == [21])
    #expect(try script.numbers(x + "return x:sum()") == [21])
    #expect(try script.numbers(x + "return x:argmax(2)") == [3, 3])
    #expect(script.failure(x + "return x:sum(3)").contains("axis 3 is not one of the 2"))
    #expect(script.failure(x + "return x:sum(0)").contains("axes count from 1"))
  }

  @Test func aBareNumberBelongsToTheNextParameter() throws {
    let x = "local x = pg.tensor {{1, 2, 3, 4}, {5, 6, 7, 8}} "
    #expect(try script.numbers(x + "return x:roll(1, 2)") == [4, 1, 2, 3, 8, 5, 6, 7])
    #expect(try script.numbers(x + "return x:var(2, 0)") == [1.25, 1.25])
    #expect(try script.numbers(x + "local a, b = x:split(2, 2) return b") == [3, 4, 7, 8])
  }

  @Test func takesNamedOptions() throws {
    let x = "local x = pg.tensor {{1, 2, 3}, {4, 5, 6}} "
    #expect(
      try script.values(x + "return table.unpack(x:sum(2, { keepdim = true }).shape)")
        == [.integer(2), .integer(1)])
    #expect(try script.numbers(x + "return x:sum { axes = 2 }") == [6, 15])
    #expect(
      script.failure(x + "return x:sum(2, { keepdims = true })")
        == "test.lua:1: sum: has no option \"keepdims\"; did you mean \"keepdim\"?")
  }

  @Test func takesShapesAndLists() throws {
    let x = "local x = pg.arange(6) "
    #expect(
      try script.values(x + "return table.unpack(x:reshape(2, 3).shape)")
        == [.integer(2), .integer(3)])
    #expect(
      try script.values(x + "return table.unpack(x:reshape({3, 2}).shape)")
        == [.integer(3), .integer(2)])
    #expect(try script.numbers("return pg.concat({ pg.ones(1), pg.zeros(2) })") == [1, 0, 0])
    #expect(try script.numbers("local v = pg.sort(pg.tensor {3, 1, 2}) return v") == [1, 2, 3])
    #expect(script.failure("return pg.concat(3)").contains("must be a list of tensors"))
    #expect(script.failure(x + "return x:reshape('a')").contains("must be a list of extents"))
  }
}
