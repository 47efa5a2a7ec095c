import Testing

@testable import LuaRuntime

@Suite struct LuaErrorTests {
  private func error(_ source: String, chunkName: String = "@a.lua") throws -> LuaError {
    let state = try LuaState()
    do {
      _ = try state.run(source, chunkName: chunkName)
    } catch {
      return try #require(error as? LuaError)
    }
    throw LuaConversionError(reason: "no error was raised")
  }

  @Test func positionAndTraceback() throws {
    let found = try error(
      """
      local function inner() error("no good") end
      local function outer() inner() end
      outer()
      """)
    #expect(found.description == "a.lua:1: no good")
    #expect(found.message == "no good")
    #expect(found.frames.map(\.line) == [1, 2, 3])
    #expect(found.frames.map(\.name) == ["inner", "outer", nil])
    #expect(
      found.traceback == """
        traceback:
          a.lua:1: in 'inner'
          a.lua:2: in 'outer'
          a.lua:3: in the main chunk
        """)
  }

  @Test func blamedCallerIsKept() throws {
    let found = try error("local function f() error('x', 2) end\n\nf()")
    #expect((found.file, found.line) == ("a.lua", 3))
    let plain = try error("\nerror('12:5: odd', 0)")
    #expect(plain.message == "12:5: odd")
    #expect(plain.line == 2)
  }

  @Test func syntaxErrors() throws {
    let found = try error("local x = = 1")
    #expect(found.kind == .syntax)
    #expect((found.file, found.line) == ("a.lua", 1))
    #expect(found.message.contains("unexpected symbol"))
    #expect(!found.isIncompleteInput)
    #expect(try error("for i = 1, 3 do").isIncompleteInput)
    let binary = try error("\u{1B}Lua")
    #expect(binary.message.contains("binary chunk"))
  }

  @Test func objectsStayValues() throws {
    let found = try error("\nerror({code = 7})")
    #expect(found.value?.tableValue?["code"] == .integer(7))
    #expect(found.message == "(error object is a table value)")
    #expect(found.line == 2)
    #expect(try error("error(nil)").message == "(error object is a nil value)")
    #expect(
      try error("error(setmetatable({}, {__tostring = function() return 'me' end}))").message
        == "me")
    let hostile = "error(setmetatable({}, {__tostring = function() error('again') end}))"
    #expect(try error(hostile).message == "(error object is a table value)")
    #expect(try error("error(12)").message == "12")
  }

  @Test func deepRecursionEnds() throws {
    let found = try error("local function f() return 1 + f() end\nf()")
    #expect(found.message.contains("stack overflow"))
    #expect(found.frames.count == 24)
    #expect(found.framesLeftOut > 1000)
  }

  @Test(arguments: [
    ("lab.box('x')", "bad argument #1 to 'box' (number expected, got string)"),
    ("lab.box()", "bad argument #1 to 'box' (number expected, got no value)"),
    ("lab.box(1):scale({})", "bad argument #1 to 'scale' (number expected, got table)"),
    ("lab.box(1).value()", "bad argument #1 to 'value' (box expected, got no value)"),
    ("lab.sum({1, 'x'})", "bad argument #1 to 'sum' (array of numbers expected, got table)"),
    ("return lab.box(1) + {}", "bad operand #2 of '+' (box expected, got table)"),
    ("lab.apply(3)", "bad argument #1 to 'apply' (function expected, got number)"),
    ("lab.counter(1.5)", "bad argument #1 to 'counter' (number 1.5 has no integer representation)"),
    ("lab.half()", "failed half way with a text long enough to be on the heap"),
    ("return lab.box(1).shap", "box has no 'shap'; did you mean 'shape'?"),
    ("return lab.box(1):scales(2)", "box has no 'scales'; did you mean 'scale'?"),
    ("return lab.box(1)[3]", "box has no '3'"),
    ("lab.box(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)", "too many arguments (13; at most 12)"),
  ])
  func nativeErrorsCarryTheCallersLine(_ source: String, _ message: String) throws {
    let (state, _) = try LuaState.withBoxes()
    let found = state.labError("\n\n\(source)")
    #expect(found?.message == message)
    #expect(found?.file == "test.lua")
    #expect(found?.line == 3)
  }

  @Test func errorsPassThroughNativeFrames() throws {
    let (state, _) = try LuaState.withBoxes()
    let found = state.labError("\nlab.apply(function()\n error('deep') end)")
    #expect(found?.description == "test.lua:3: deep")
    let object = try state.lab(
      "local ok, e = pcall(lab.apply, function() error({code = 5}) end) return ok, e.code")
    #expect(object == [.boolean(false), .integer(5)])
    let caught = try state.lab("return pcall(lab.box, 'x')")
    #expect(caught[0] == .boolean(false))
  }

  @Test func recursionThroughNativeFramesEnds() throws {
    let (state, _) = try LuaState.withBoxes()
    let found = state.labError("local function f() return lab.apply(f) end\nf()")
    #expect(found?.message.contains("C stack overflow") == true)
    #expect(try state.lab("return lab.tag()") == [.integer(42)])
  }

  @Test func missingFiles() throws {
    let state = try LuaState()
    let found = #expect(throws: LuaError.self) { try state.runFile("/nowhere/x.lua") }
    #expect(found?.message == "/nowhere/x.lua: not found")
  }

  @Test func firstLineComments() throws {
    let state = try LuaState()
    let found = #expect(throws: LuaError.self) {
      try state.run("\u{FEFF}#!/usr/bin/env perigee\nerror('x')", chunkName: "@s.lua")
    }
    #expect(found?.line == 2)
  }
}
