import Testing

@testable import LuaRuntime

@Suite struct ProfileTests {
  private let candidate = LuaState.Options(profile: .candidate)

  @Test func randomNumbersAreSeeded() throws {
    let draw = "return math.random(1 << 30), math.random()"
    let first = try LuaState().run(draw, chunkName: "=t")
    #expect(try LuaState().run(draw, chunkName: "=t") == first)
    let other = try LuaState(LuaState.Options(seed: 5))
    #expect(try other.run(draw, chunkName: "=t") != first)
    try other.seedRandom(0)
    #expect(try other.run(draw, chunkName: "=t") == first)
    #expect(try other.run("math.randomseed(0, 0) " + draw, chunkName: "=t") == first)
    let found = #expect(throws: LuaError.self) {
      try other.run("math.randomseed()", chunkName: "=t")
    }
    #expect(found?.message.contains("give a seed") == true)
  }

  @Test func candidatesSeeTheAllowListOnly() throws {
    let state = try LuaState(candidate)
    let allowed = [
      "assert", "error", "ipairs", "math", "next", "pairs", "require", "select", "tonumber",
      "tostring", "type",
    ]
    let forbidden = [
      "_G", "collectgarbage", "coroutine", "debug", "dofile", "getmetatable", "io", "load",
      "loadfile", "os", "package", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset",
      "setmetatable", "string", "table", "utf8", "warn", "xpcall",
    ]
    for name in allowed { #expect(try state.global(name) != .nil, "\(name)") }
    for name in forbidden { #expect(try state.global(name) == .nil, "\(name)") }
    #expect(throws: LuaError.self) { try state.run("return ('x'):rep(3)", chunkName: "=t") }
  }

  @Test func candidatesSeeNoAddresses() throws {
    let state = try LuaState(candidate)
    #expect(
      try state.run(
        "return tostring({}), tostring(nil), tostring(tostring), tostring(1.5)",
        chunkName: "=t") == [.string("table"), .string("nil"), .string("function"), .string("1.5")])
  }

  @Test func candidatesRequireLibrariesOnly() throws {
    let (state, boxes) = try LuaState.withBoxes(candidate)
    #expect(
      try state.lab("return (lab.box(1) + 2):value(), tostring(lab.box(3))")
        == [.number(3), .string("box 3.0")])
    #expect(state.labError("require 'os'")?.message == "module 'os' cannot be required here")
    #expect(throws: LuaError.self) { try state.setModuleFinder { _ in nil } }
    try state.collectGarbage()
    #expect(boxes.values.isEmpty)
  }

  @Test func pairsIsSortedForCandidates() throws {
    let state = try LuaState(candidate)
    let source = "local s = '' for k in pairs({c = 1, a = 2, b = 3}) do s = s .. k end return s"
    #expect(try state.run(source, chunkName: "=t") == [.string("abc")])
  }

  @Test func coroutinesWork() throws {
    let state = try LuaState()
    let results = try state.run(
      """
      local co = coroutine.create(function(a, b)
        local c = coroutine.yield(a + b)
        error("stop " .. c)
      end)
      local ok, sum = coroutine.resume(co, 1, 2)
      local failed, message = coroutine.resume(co, "x")
      local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
      local total = 0
      for i in gen do total = total + i end
      local wrapped = coroutine.wrap(function() error({code = 3}) end)
      local _, object = pcall(wrapped)
      local yielded = coroutine.wrap(function()
        return xpcall(function() return coroutine.yield(1) + 1 end, print)
      end)
      yielded()
      return ok, sum, failed, message, coroutine.status(co), total, object.code, yielded(41)
      """, chunkName: "=t")
    #expect(
      results == [
        .boolean(true), .integer(3), .boolean(false), .string("t:3: stop x"), .string("dead"),
        .integer(6), .integer(3), .boolean(true), .integer(42),
      ])
  }

  @Test func xpcallHandlesErrors() throws {
    let state = try LuaState()
    #expect(
      try state.run(
        "return xpcall(function(x) error(x, 0) end, function(m) return m .. '!' end, 'a')",
        chunkName: "=t") == [.boolean(false), .string("a!")])
  }
}
