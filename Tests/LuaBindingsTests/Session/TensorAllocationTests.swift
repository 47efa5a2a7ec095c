import TensorCore
import Testing

@testable import LuaBindings
@testable import LuaRuntime

/// Memory is refused at every single allocation of a script that works with tensors: nothing
/// crashes, nothing leaks, the session goes on.
@Suite struct TensorAllocationTests {
  private static let script = """
    local pg = require "perigee"
    local x = pg.tensor{{1, 2, 3}, {4, 5, 6}}
    local y = x * 2 + pg.ones(2, 3)
    local total = y:sum():item() + #y:totable()
    local g = pg.grad(function(z) return pg.log_sigmoid(z):sum() end)(x)
    local parts = {a = x, b = {y, g}}
    for _, t in pairs(parts.b) do total = total + t:mean():item() end
    local text = tostring(g)
    local loss = pg.loss { kind = "pairwise", params = { beta = pg.positive(0.1) },
      compute = function(batch, p) return -pg.log_sigmoid(p.beta * batch.chosen.logratio) end }
    local rows = loss({ chosen = { logratio = x:sum(2) }, rejected = { logratio = y:sum(2) } })
    local ok = pcall(function() return x:matmul(x) end)
    local fast = pg.jit(function(a) return a:exp():sum() end)
    return total + rows:sum():item() + fast(x):item() + #text, ok
    """

  private func session(_ profile: LuaState.Profile) throws -> ScriptSession {
    try ScriptSession(LuaState.Options(profile: profile))
  }

  /// What is left alive once Lua let go of everything.
  private func remains(_ session: ScriptSession) throws -> [Int] {
    // What the host was refused is told at its next call.
    _ = try? session.lua.run("", chunkName: "=t")
    try session.lua.collectGarbage()
    session.graph.sweep()
    return [session.lua.liveHandles, session.graph.liveNodes]
  }

  private func run(_ session: ScriptSession, after: Int, count: Int) throws -> Bool {
    let lua = session.lua
    lua.failAllocations(after: after, count: count)
    defer { lua.failAllocations(after: -1, count: 0) }
    do {
      _ = try lua.run(Self.script, chunkName: "@script.lua")
      return true
    } catch let error as LuaError {
      #expect(
        error.kind == .memory || error.message.contains("stack overflow"), "\(after): \(error)")
      return false
    }
  }

  @Test(arguments: [2, Int.max]) func everyAllocationOfAScriptFails(_ count: Int) throws {
    let session = try session(.trusted)
    #expect(try run(session, after: .max / 2, count: 0))
    #expect(try run(session, after: .max / 2, count: 0))
    let baseline = try remains(session)
    let before = session.lua.allocationCount
    #expect(try run(session, after: .max / 2, count: 0))
    let total = session.lua.allocationCount - before
    #expect(total > 300)
    var survived = 0
    for after in 0..<total {
      if try run(session, after: after, count: count) { survived += 1 }
      guard after % 16 == 0 || after > total - 16 else { continue }
      #expect(try remains(session) == baseline, "after \(after)")
    }
    #expect(survived < total)
    #expect(try run(session, after: .max / 2, count: 0))
  }

  @Test func nothingIsLeftWhenAStateCloses() throws {
    var bytesLeft: Int?
    let graph = Graph()
    do {
      let session = try ScriptSession(graph: graph)
      session.lua.onClose = { bytesLeft = $0 }
      _ = try session.lua.run(Self.script, chunkName: "@script.lua")
    }
    graph.sweep()
    #expect(bytesLeft == 0)
    #expect(graph.liveNodes == 0)
  }

  /// Every so many allocations of the set-up, with a whole session each.
  @Test(arguments: [LuaState.Profile.trusted, .candidate])
  func settingUpFails(_ profile: LuaState.Profile) throws {
    let whole = try session(profile)
    let total = whole.lua.allocationCount
    for after in stride(from: 0, to: total, by: max(1, total / 60)) {
      var options = LuaState.Options(profile: profile)
      options.failures = (after, 2)
      let graph = Graph()
      do {
        let session = try ScriptSession(graph: graph, options)
        _ = try session.lua.run("return 1", chunkName: "=t")
      } catch let error as LuaError {
        #expect(error.kind == .memory || error.message.contains("stack overflow"), "\(error)")
      }
      graph.sweep()
      #expect(graph.liveNodes == 0)
    }
  }

  /// With a budget, what runs out is not an error like others: it is the end.
  @Test func memoryOfABudgetIsSpentOnce() throws {
    for limit in stride(from: 0, through: 8 << 20, by: 1 << 20) {
      let session = try session(.candidate)
      session.limit(to: Budget(instructions: 10_000_000, seconds: 10, memory: limit))
      let failure = #expect(throws: LuaError.self) {
        try session.lua.run(
          "local pg = require 'perigee' local t = {} "
            + "while true do t[#t + 1] = pg.parameter(pg.ones(2000)) end",
          chunkName: "@c.lua")
      }
      #expect(failure?.reason == .memory, "\(limit): \(String(describing: failure))")
      #expect(throws: LuaError.self) { try session.lua.run("return 1", chunkName: "@c.lua") }
    }
  }
}
