import Testing

@testable import LuaRuntime

@Suite struct OrderTests {
  private func text(_ source: String) throws -> String {
    let state = try LuaState()
    let results = try state.run(source, chunkName: "=t")
    return results.first?.stringValue ?? "\(results)"
  }

  private let table =
    "local t = {z = 1, b = 2, 10, 20, 30, [2.5] = 3, [-7] = 4, [true] = 5, [false] = 6, a = 7} "

  @Test func pairsIsSorted() throws {
    let found = try text(
      table
        + "local s = {} for k in pairs(t) do s[#s + 1] = tostring(k) end "
        + "return table.concat(s, ' ')"
    )
    #expect(found == "1 2 3 -7 2.5 a b z false true")
  }

  @Test func nextIsSorted() throws {
    let found = try text(
      table
        + "local s, k = {}, next(t) while k ~= nil do s[#s + 1] = tostring(k) k = next(t, k) end "
        + "return table.concat(s, ' ')")
    #expect(found == "1 2 3 -7 2.5 a b z false true")
  }

  @Test func nestedAndInterleavedTraversals() throws {
    let found = try text(
      """
      local t, s = {b = 1, a = 2}, {}
      for k in next, t do for j in next, {y = 1, x = 2} do s[#s + 1] = k .. j end end
      for k in pairs(t) do for j in pairs(t) do s[#s + 1] = k .. j end end
      return table.concat(s, ' ')
      """)
    #expect(found == "ax ay bx by aa ab ba bb")
  }

  @Test(arguments: ["pairs(t)", "next, t"])
  func fieldsMayBeClearedOnTheWay(_ iterator: String) throws {
    let found = try text(
      """
      local t, n = {}, 0
      for i = 1, 100 do t[i] = i t['k' .. i] = i t[-i] = i end
      for k in \(iterator) do t[k] = nil n = n + 1 end
      return n .. ' ' .. tostring(next(t))
      """)
    #expect(found == "300 nil")
  }

  @Test func metamethodIsRespected() throws {
    let found = try text(
      """
      local t = setmetatable({}, {__pairs = function(t) return function(_, k)
        if not k then return 'only', 1 end end, t, nil end})
      for k, v in pairs(t) do return k .. v end
      """)
    #expect(found == "only1")
  }

  @Test func wrongArguments() throws {
    let state = try LuaState()
    #expect(throws: LuaError.self) { try state.run("pairs(nil)", chunkName: "=t") }
    #expect(throws: LuaError.self) { try state.run("next({}, {})", chunkName: "=t") }
    #expect(try state.run("return next({})", chunkName: "=t") == [.nil])
  }

  @Test func holesAndHashedSequences() throws {
    let found = try text(
      """
      local t, s = {}, {}
      for i = 5, 1, -1 do t[i] = i end
      t[3] = nil
      for k, v in pairs(t) do s[#s + 1] = k .. '=' .. v end
      return table.concat(s, ' ')
      """)
    #expect(found == "1=1 2=2 4=4 5=5")
  }
}
