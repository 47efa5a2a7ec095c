import Testing

@testable import LuaRuntime

@Suite struct BudgetTests {
  /// Runs a script under a budget, and then checks that nothing else runs.
  private func end(
    _ source: String, _ budget: Budget, _ profile: LuaState.Profile = .candidate
  ) throws -> LuaError? {
    let state = try LuaState(LuaState.Options(profile: profile))
    state.limit(to: budget)
    let found = #expect(throws: LuaError.self, "\(source)") {
      try state.run(source, chunkName: "@candidate.lua")
    }
    let after = #expect(throws: LuaError.self) {
      try state.run("return 1", chunkName: "@after.lua")
    }
    #expect(after?.reason == found?.reason)
    return found
  }

  @Test func instructionsEnd() throws {
    let found = try end("\n\nwhile true do end", Budget(instructions: 100_000))
    #expect(found?.kind == .interrupted)
    #expect(found?.reason == .instructions)
    #expect(found?.description.hasPrefix("candidate.lua:3: budget spent: more than 100000") == true)
  }

  @Test func wallTimeEnds() throws {
    let start = ContinuousClock.now
    let found = try end("while true do end", Budget(seconds: 0.05))
    #expect(found?.reason == .timeLimit)
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test(arguments: [
    "local t = {} for i = 1, 1e9 do t[i] = i end",
    "local s = 'x' while true do s = s .. s end",
    "local function f(...) local a = f(1, ...) return a end f()",
    "local t = {} for i = 1, 60 do t = {t, t, {}} end while true do local u = {t} t = {u, u} end",
  ])
  func memoryEnds(_ source: String) throws {
    let found = try end("\n" + source, Budget(seconds: 20, memory: 4 << 20))
    #expect(found?.reason == .memory, "\(String(describing: found))")
    #expect(found?.line == 2)
    #expect(found?.message == "budget spent: more than 4194304 bytes of memory")
  }

  /// The whole of Lua under a budget: what is caught goes on no further.
  @Test(arguments: [
    "while true do pcall(function() while true do end end) end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "xpcall(error, function() while true do end end)",
    "local function spin() while true do end end "
      + "while true do setmetatable({}, {__gc = spin}) collectgarbage() end",
    "local function nest() coroutine.wrap(nest)() end while true do pcall(nest) end",
    "while true do coroutine.wrap(function() coroutine.wrap(function() end)() end)() end",
    "while true do coroutine.resume(coroutine.create(function() for i = 1, 20 do end end)) end",
    "local function close() while true do end end "
      + "while true do pcall(function() local x <close> = setmetatable({}, {__close = close}) "
      + "while true do end end) end",
    "local mt = {} mt.__close = function() local x <close> = setmetatable({}, mt) error 'x' end "
      + "while true do pcall(function() local x <close> = setmetatable({}, mt) error 'y' end) end",
    "coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() "
      + "while true do end end}) while true do end end)()",
    "while true do local ok, e = pcall(error, setmetatable({}, {__tostring = function() "
      + "while true do end end})) tostring(e) end",
    "error(setmetatable({}, {__tostring = function() while true do end end}))",
    "while true do load(('x = 1 '):rep(1000)) end",
  ])
  func nothingGoesOnAfterwards(_ source: String) throws {
    let start = ContinuousClock.now
    let found = try end(source, Budget(instructions: 300_000, seconds: 5), .trusted)
    #expect(found?.reason == .instructions, "\(source): \(String(describing: found))")
    #expect(ContinuousClock.now - start < .seconds(5), "\(source)")
  }

  @Test(arguments: [
    "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
    "while true do pcall(function() local x = 'x' while true do x = x .. x end end) end",
    "while true do pcall(string.rep, 'x', 1 << 30) end",
  ])
  func exhaustedMemoryCannotBeCaught(_ source: String) throws {
    let found = try end(source, Budget(seconds: 20, memory: 4 << 20), .trusted)
    #expect(found?.reason == .memory)
  }

  @Test func nativeCallsAreCharged() throws {
    let (state, _) = try LuaState.withBoxes(LuaState.Options(profile: .candidate))
    state.limit(to: Budget(instructions: 1_000_000))
    let before = state.use.instructions
    _ = try state.lab("for i = 1, 100 do lab.box(i) end")
    let used = state.use.instructions - before
    #expect(used > 5000)
    let found = state.labError("while true do lab.box(1) end")
    #expect(found?.reason == .instructions)
  }

  @Test func chargesStop() throws {
    let (state, _) = try LuaState.withBoxes()
    state.limit(to: Budget(work: 1000, nodes: 10))
    #expect(state.control.charge(.work, 600))
    #expect(state.control.isWithin(.nodes, 10))
    #expect(!state.control.shouldStop)
    #expect(!state.control.charge(.work, 600))
    #expect(state.control.shouldStop)
    #expect(
      state.labError("return 1")?.message == "budget spent: more than 1000 operations on "
        + "tensor elements")
  }

  @Test func sourcesAreCapped() throws {
    let state = try LuaState(LuaState.Options(profile: .candidate))
    let found = #expect(throws: LuaError.self) {
      try state.load(String(repeating: " ", count: 65_537), chunkName: "=t")
    }
    #expect(found?.message == "a source of 65537 bytes; a candidate has at most 65536")
    #expect(throws: LuaError.self) { try state.load("\u{1B}Lua", chunkName: "=t") }
  }

  @Test func budgetsDoNotSlowWhatHasNone() throws {
    let state = try LuaState()
    #expect(!state.isLimited)
    #expect(try state.run("return 1", chunkName: "=t") == [.integer(1)])
  }
}
