import Testing

@testable import LuaRuntime

/// Every allocation of a script's life fails once, and then every later one with it; nothing
/// crashes, nothing leaks, every handle is released.
@Suite struct AllocationFailureTests {
  private static let script = """
    local lab = require "lab"
    local boxes = {}
    for i = 1, 5 do boxes[i] = lab.box(i) + i end
    local a, b = lab.split(3)
    local nested = {1, 2, {x = boxes[1]:value(), f = function() return a end}}
    local echoed = lab.echo(nested, "text", b:value())
    for k, v in pairs(lab) do boxes[k] = tostring(k) end
    for k in next, {p = 1, q = 2} do boxes[#boxes + 1] = k end
    local step = lab.counter(3)
    local point = lab.point("a string that is long enough not to be interned by Lua at all")
    local ok, message = pcall(lab.box, {})
    local caught = pcall(lab.half)
    local misspelt = pcall(function() return lab.bx end)
    local closed = coroutine.wrap(function() local c <close> = lab.box(1) coroutine.yield() end)
    closed()
    local shape = boxes[1].shape
    local sum = lab.sum({1, 2, 3})
    return lab.apply(function(x) return x, step(), point:first(), #shape + sum end, "y"), error
    """

  /// One whole life of a state; true when nothing failed.
  private func live(after: Int, count: Int) -> Bool {
    var options = LuaState.Options()
    options.failures = (after, count)
    let boxes = Boxes(bytesPerBox: 10)
    var bytesLeft: Int?
    var control: LuaControl?
    var succeeded = false
    do {
      let state = try LuaState(options)
      state.onClose = { bytesLeft = $0 }
      control = state.control
      try boxes.install(in: state)
      try state.setModuleFinder { _ in nil }
      let function = try state.load(Self.script, chunkName: "@script.lua")
      let results = try state.call(function)
      #expect(results.first == .string("y"))
      _ = try? state.run("error({code = {1, 2}})", chunkName: "=t")
      _ = try? state.upvalues(of: function)
      try state.collectGarbage()
      succeeded = true
    } catch let error as LuaError {
      // A stack that cannot grow is an overflow to Lua, whatever the reason.
      #expect(error.kind == .memory || error.message.contains("stack overflow"), "\(error)")
    } catch {
      Issue.record("\(error) after \(after)")
    }
    if let control {
      #expect(bytesLeft == 0, "after \(after)")
      #expect(control.externalBytes == 0, "after \(after)")
    }
    #expect(boxes.values.isEmpty, "after \(after)")
    return succeeded
  }

  private func allocationsOfALife() throws -> Int {
    #expect(live(after: .max, count: 0))
    let state = try LuaState()
    try Boxes().install(in: state)
    _ = try state.run(Self.script, chunkName: "@script.lua")
    return state.allocationCount
  }

  /// A failure and its retry after the emergency collection.
  @Test func everySingleAllocationFails() throws {
    let total = try allocationsOfALife()
    #expect(total > 500)
    var survived = 0
    for after in 0..<total where live(after: after, count: 2) { survived += 1 }
    #expect(survived < total)
  }

  @Test func memoryEndsAtEveryAllocation() throws {
    for after in 0..<(try allocationsOfALife()) { _ = live(after: after, count: .max) }
  }
}
