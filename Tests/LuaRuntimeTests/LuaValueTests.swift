import Testing

@testable import LuaRuntime

@Suite struct LuaValueTests {
  @Test(arguments: [
    LuaValue.nil, .boolean(true), .boolean(false), .integer(0), .integer(.max), .integer(.min),
    .number(0.1), .number(-0.0), .number(.infinity), .number(10), .string(""), .string("héllo"),
    .bytes([0xFF, 0, 0x80]), .string("a\0b"), .table(LuaTable()),
    .table(LuaTable(items: [.integer(1), .table(LuaTable(items: [.string("x")]))])),
    .table(LuaTable(["a": .integer(1), "b": .table(LuaTable(["c": .boolean(false)]))])),
  ])
  func roundTrip(_ value: LuaValue) throws {
    let state = try LuaState()
    let identity = try state.load("return ...", chunkName: "=echo")
    #expect(try state.call(identity, [value, value]) == [value, value])
    try state.setGlobal("kept", value)
    #expect(try state.global("kept") == value)
  }

  @Test func integersAndFloatsStayApart() throws {
    let state = try LuaState()
    #expect(
      try state.run("return 10/2, 2^53, 7//2, math.mininteger", chunkName: "=t")
        == [.number(5), .number(0x1p53), .integer(3), .integer(.min)])
    #expect(try state.run("return 0/0", chunkName: "=t").first?.numberValue?.isNaN == true)
  }

  @Test func fieldsComeSorted() throws {
    let state = try LuaState()
    let results = try state.run(
      "return {10, 20, z = 1, a = 2, [true] = 3, [2.5] = 4, [-1] = 5, aa = 6}", chunkName: "=t")
    let keys = results[0].tableValue?.fields.map(\.key)
    #expect(
      keys == [
        .integer(-1), .number(2.5), .string("a"), .string("aa"), .string("z"), .boolean(true),
      ])
    #expect(results[0].tableValue?.items == [.integer(10), .integer(20)])
    #expect(results[0].tableValue?["aa"] == .integer(6))
  }

  @Test func functionsAreTheSameFunction() throws {
    let state = try LuaState()
    let results = try state.run(
      "local function f(x) return x + 1 end return f, {g = f}", chunkName: "=t")
    let function = try #require(results[0].functionValue)
    #expect(results[1].tableValue?["g"] == .function(function))
    #expect(try state.call(function, [.integer(41)]) == [.integer(42)])
    let other = try LuaState()
    #expect(throws: LuaConversionError.self) { try other.call(function) }
  }

  @Test func functionsOutliveTheirState() throws {
    var state: LuaState? = try LuaState()
    let function = try state?.load("return 1", chunkName: "=t")
    state = nil
    #expect(function != nil)
  }

  @Test func droppedFunctionsAreCollected() throws {
    let (state, _) = try LuaState.withBoxes()
    for _ in 0..<1000 {
      let boxed = try state.lab("local b = lab.box(1) return function() return b end")
      #expect(boxed.count == 1)
    }
    try state.collectGarbage()
    try state.collectGarbage()
    #expect(state.liveHandles < 40)
  }

  @Test func opaqueValuesKeepTheirType() throws {
    let state = try LuaState()
    let results = try state.run("return coroutine.create(print), io.stdout", chunkName: "=t")
    #expect(results.map(\.typeName) == ["thread", "userdata"])
    #expect(throws: LuaConversionError.self) { try state.display(results[0]) }
  }

  @Test func cyclesAreErrors() throws {
    let (state, _) = try LuaState.withBoxes()
    let error = state.labError("local t = {} t.t = t\nlab.echo(t)")
    #expect(error?.message.contains("nested deeper than") == true)
    #expect(error?.line == 2)
    let key = state.labError("lab.echo({[{}] = 1})")
    #expect(key?.message.contains("key of type table") == true)
  }

  @Test func displayUsesTostring() throws {
    let state = try LuaState()
    #expect(try state.display(.number(1e15)) == "1e+15")
    #expect(try state.display(.nil) == "nil")
  }
}
