import Testing

@testable import LuaRuntime

@Suite struct LuaStateTests {
  @Test func runsAndReturnsValues() throws {
    let state = try LuaState()
    let results = try state.run("return 1, 2.5, 'x', true, nil, {1, 2, a = 3}", chunkName: "=t")
    #expect(
      results == [
        .integer(1), .number(2.5), .string("x"), .boolean(true), .nil,
        .table(
          LuaTable(
            items: [.integer(1), .integer(2)],
            fields: [LuaField(key: .string("a"), value: .integer(3))])),
      ])
  }
}
