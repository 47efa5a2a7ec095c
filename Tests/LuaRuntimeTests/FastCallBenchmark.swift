import Foundation
import Testing

@testable import LuaRuntime

@Suite struct FastCallBenchmark {
  /// Prints what a call costs; the number depends on the machine and on optimisation.
  @Test func costOfACall() throws {
    let state = try LuaState()
    var next: Int64 = 1
    let add = NativeFunction.fast("add", handles: 1) { call in
      _ = try call.handle(0, kind: 1)
      _ = try call.handle(1, kind: 1)
      next += 1
      call.returnHandle(next, kind: 1)
    }
    let line = NativeFunction.fast("line") { _ = $0.state.currentLine }
    var released = 0
    try state.register(LuaHandleKind(kind: 1, name: "item") { _ in released += 1 })
    try state.register(
      LuaLibrary(name: "m", functions: [add, line, .fast("none") { _ in }, make()]))
    let calls = 200_000
    for (name, body) in [
      ("two handles to a handle", "add(a, b)"), ("nothing", "none()"), ("current line", "line()"),
    ] {
      let source = """
        local m = require "m"
        local add, none, line, a, b = m.add, m.none, m.line, m.make(), m.make()
        for i = 1, \(calls) do \(body) end
        """
      let function = try state.load(source, chunkName: "=bench")
      let start = processorNanoseconds()
      _ = try state.call(function)
      let nanoseconds = (processorNanoseconds() - start) / Double(calls)
      print("fast call, \(name): \(nanoseconds.rounded()) ns")
    }
    try state.collectGarbage()
    #expect(released == calls + 6)
  }

  /// Of this thread, so that other work on the machine does not count.
  private func processorNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  private func make() -> NativeFunction {
    .fast("make", handles: 1) { $0.returnHandle(0, kind: 1) }
  }
}
