import Foundation
import Testing

@testable import LuaRuntime

@Suite(.serialized) struct InterruptTests {
  /// Runs a script that never ends and interrupts it from another thread.
  private func stop(_ source: String, reason: LuaControl.Reason = .user) throws -> LuaError? {
    let (state, _) = try LuaState.withBoxes()
    _ = try state.lab("kept = 1")
    let control = state.control
    let thread = Thread {
      Thread.sleep(forTimeInterval: 0.02)
      while !control.interrupt(reason) { Thread.sleep(forTimeInterval: 0.001) }
    }
    thread.start()
    let start = ContinuousClock.now
    let found = state.labError(source)
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(!control.isInterrupted)
    #expect(try state.global("kept") == .integer(1))
    #expect(try state.lab("return lab.box(1):value()") == [.number(1)])
    return found
  }

  @Test(arguments: [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "while true do pcall(error, 'x') end",
    "local function f() while true do pcall(f) end end f()",
    "while true do coroutine.wrap(function() while true do end end)() end",
    "while true do pcall(coroutine.wrap(function() for i = 1, 10 do end end)) end",
    "local f = coroutine.wrap(function() while true do coroutine.yield() end end) "
      + "while true do f() end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "while true do lab.box(1) end",
    "lab.apply(function() while true do "
      + "pcall(lab.apply, function() while true do end end) end end)",
    "while true do local ok = pcall(lab.echo, {1, 2}) end",
  ])
  func endlessScriptsStop(_ source: String) throws {
    let found = try stop(source)
    #expect(found?.kind == .interrupted)
    #expect(found?.message == "interrupted")
    #expect(found?.file == "test.lua")
  }

  @Test func reasonsAreSaid() throws {
    #expect(
      try stop("while true do end", reason: .timeLimit)?.message == "interrupted: out of time")
    #expect(
      try stop("while true do end", reason: .host)?.message == "interrupted by the program")
  }

  @Test func interruptingNothingDoesNothing() throws {
    let state = try LuaState()
    #expect(!state.control.interrupt())
    #expect(try state.run("return 1", chunkName: "=t") == [.integer(1)])
  }

  @Test func nativeFunctionsMayInterruptTheirCaller() throws {
    let state = try LuaState()
    let halt = NativeFunction.fast("halt") { $0.state.control.interrupt(.host) }
    try state.register(LuaLibrary(name: "m", functions: [halt]))
    let found = #expect(throws: LuaError.self) {
      try state.run("pcall(require 'm'.halt) while true do end", chunkName: "=t")
    }
    #expect(found?.kind == .interrupted)
  }

  @Test func suspendedCoroutinesRunAgainLater() throws {
    let state = try LuaState()
    let halt = NativeFunction.fast("halt") { $0.state.control.interrupt(.host) }
    try state.register(LuaLibrary(name: "m", functions: [halt]))
    _ = try? state.run(
      """
      local m = require "m"
      resume = coroutine.wrap(function() coroutine.yield() return 5 end)
      resume()
      m.halt()
      """, chunkName: "=t")
    #expect(try state.run("return resume()", chunkName: "=t") == [.integer(5)])
  }
}
