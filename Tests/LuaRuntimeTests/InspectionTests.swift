import Testing

@testable import LuaRuntime

@Suite struct InspectionTests {
  @Test func upvaluesShowWhatWasCaptured() throws {
    let (state, _) = try LuaState.withBoxes()
    let results = try state.lab(
      """
      local beta, name, big, plain = 0.1, "x", {}, {1, inner = {2}}
      for i = 1, 1000 do big[i] = i end
      return function() print(lab) return beta, name, big, plain end
      """)
    let function = try #require(results[0].functionValue)
    let upvalues = try state.upvalues(of: function)
    #expect(upvalues.map(\.name) == ["lab", "beta", "name", "big", "plain"])
    #expect(upvalues[1].value == .number(0.1))
    #expect(upvalues[0].value.typeName == "table")
    guard case .opaque = upvalues[0].value, case .opaque = upvalues[3].value else {
      Issue.record("libraries and large tables are not copied")
      return
    }
    #expect(
      upvalues[4].value
        == .table(
          LuaTable(
            items: [.integer(1)],
            fields: [
              LuaField(key: .string("inner"), value: .table(LuaTable(items: [.integer(2)])))
            ])))
  }

  @Test func changesShowBetweenSnapshots() throws {
    let state = try LuaState()
    let results = try state.run(
      """
      local count, ema, constant = 0, {value = 1}, 5
      return function() count = count + constant end, function() ema.value = ema.value + 1 end
      """, chunkName: "=t")
    for index in 0...1 {
      let function = try #require(results[index].functionValue)
      let before = try state.upvalues(of: function)
      #expect(try state.upvalues(of: function) == before)
      _ = try state.call(function)
      #expect(try state.upvalues(of: function) != before)
    }
  }

  @Test func capturedScalarsAreComparedByWords() throws {
    let state = try LuaState()
    let results = try state.run(
      """
      local number, whole, flag, name, list = 0.5, 3, true, "first", {}
      local function set(key, value)
        if key == "number" then number = value end
        if key == "whole" then whole = value end
        if key == "flag" then flag = value end
        if key == "name" then name = value end
        if key == "list" then list = value end
      end
      return function() return number, whole, flag, name, list end, set
      """, chunkName: "=t")
    let (function, set) = (
      try #require(results[0].functionValue), try #require(results[1].functionValue)
    )
    let known = state.capturedScalars(of: function)
    #expect(state.hasCaptured(known, in: function))
    let changes: [(String, LuaValue, LuaValue)] = [
      ("number", .number(0.25), .number(0.5)), ("whole", .number(3), .integer(3)),
      ("flag", .boolean(false), .boolean(true)), ("name", .string("second"), .string("first")),
      ("list", .integer(1), .table(LuaTable(items: []))),
    ]
    for (key, value, old) in changes {
      _ = try state.call(set, [.string(key), value])
      #expect(!state.hasCaptured(known, in: function), "\(key)")
      _ = try state.call(set, [.string(key), old])
      #expect(state.hasCaptured(known, in: function), "\(key)")
    }
  }

  @Test func sourceOfAFunction() throws {
    let state = try LuaState()
    let results = try state.run(
      "\nreturn function(a, b, ...)\n  return a\nend", chunkName: "@dir/f.lua")
    let info = try state.describe(try #require(results[0].functionValue))
    #expect(
      info
        == LuaFunctionInfo(
          chunkName: "@dir/f.lua", firstLine: 2, lastLine: 4, parameterCount: 2,
          isVariadic: true))
    #expect(info.file == "dir/f.lua")
  }
}
