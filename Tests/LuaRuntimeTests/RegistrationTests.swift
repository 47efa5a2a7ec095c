import Testing

@testable import LuaRuntime

@Suite struct RegistrationTests {
  @Test func librariesAreReadOnlyAndSpellChecked() throws {
    let (state, _) = try LuaState.withBoxes()
    #expect(state.labError("return lab.boxx")?.message == "lab has no 'boxx'; did you mean 'box'?")
    #expect(
      state.labError("return lab.deep.ech")?.message
        == "lab.deep has no 'ech'; did you mean 'echo'?")
    #expect(
      state.labError("\nlab.box = 1")?.description
        == "test.lua:2: lab is read-only; cannot set 'box'")
    #expect(
      state.labError("lab.deep.new = 1")?.message
        == "lab.deep is read-only; cannot set 'new'")
    #expect(state.labError("lab[1] = 1")?.message == "lab is read-only; cannot set 'number'")
    #expect(
      try state.lab("return getmetatable(lab), lab.version") == [.string("lab"), .string("1")])
  }

  @Test func librariesListTheirFieldsSorted() throws {
    let (state, _) = try LuaState.withBoxes()
    let names = try state.lab(
      """
      local names = {}
      for name in pairs(lab) do names[#names + 1] = name end
      local _, shown = pairs(lab)
      return table.concat(names, " "), rawequal(shown, lab)
      """)
    #expect(
      names == [
        .string("apply box counter deep echo half point split sum tag version"), .boolean(true),
      ])
    #expect(state.fields(ofLibrary: "lab").count == 11)
  }

  @Test func librariesGrow() throws {
    let (state, _) = try LuaState.withBoxes()
    try state.register(
      LuaLibrary(name: "lab", functions: [.general("late") { _ in [.integer(9)] }]))
    #expect(try state.lab("return lab.late(), lab.tag()") == [.integer(9), .integer(42)])
    #expect(state.labError("return lab.lat")?.message.hasSuffix("did you mean 'late'?") == true)
    #expect(throws: LuaError.self) { try state.register(LuaLibrary(name: "no.parent")) }
  }

  @Test func fastFunctionsReadAndReturn() throws {
    let (state, _) = try LuaState.withBoxes()
    #expect(
      try state.lab(
        """
        local b = lab.box(2) + lab.box(3) + 4
        local x, y, none = lab.split(5)
        return b:value(), tostring(b), #b, b == lab.box(9), rawequal(b:same(), b),
          b:scale(2):value(), x:value(), y:value(), none
        """) == [
          .number(9), .string("box 9.0"), .integer(7), .boolean(true), .boolean(true), .number(18),
          .number(5), .number(6), .nil,
        ])
    #expect(
      try state.lab("return lab.box(1).shape")
        == [.table(LuaTable(items: [.integer(2), .integer(3)]))])
    #expect(
      try state.lab(
        "local a, i = lab.sum({1, 2, 3}) local b, j = lab.sum({1, 0.5}) return a, i, b, j")
        == [.number(6), .boolean(true), .number(1.5), .boolean(false)])
    #expect(try state.lab("return lab.sum({})") == [.number(0), .boolean(true)])
    #expect(state.labError("lab.sum({1, dim = 2})") != nil)
    #expect(state.labError("lab.sum(lab)") != nil)
  }

  @Test func nativeFunctionsAreValues() throws {
    let (state, boxes) = try LuaState.withBoxes()
    #expect(
      try state.lab("local c, d = lab.counter(10), lab.counter(0) c() d() return c(), d()")
        == [.integer(12), .integer(2)])
    for _ in 0..<200 { _ = try state.lab("lab.counter(1)()") }
    try state.collectGarbage()
    try state.collectGarbage()
    #expect(state.context.slotCount < 300)
    #expect(boxes.released == 0)
  }

  @Test func tablesCarryMetatables() throws {
    let (state, _) = try LuaState.withBoxes()
    #expect(
      try state.lab("local p = lab.point(4) return p:first(), p")
        == [.integer(4), .table(LuaTable(["x": .integer(4)], className: "point"))])
    #expect(throws: LuaConversionError.self) {
      try state.setGlobal("p", .table(LuaTable(className: "unheard")))
    }
  }

  @Test func strictTablesKnowTheirFields() throws {
    let state = try LuaState()
    try state.register(LuaMetatable(name: "params", isStrict: true))
    let params = LuaTable(["beta": .number(0.1), "gamma": .nil], className: "params")
    try state.setGlobal("p", .table(params))
    #expect(
      state.error(of: "return p.bta")?.message
        == "params has no 'bta'; did you mean 'beta'?")
    #expect(
      state.error(of: "p.delta = 1")?.message
        == "params is read-only; cannot set 'delta'")
    #expect(state.error(of: "return p[1]")?.message == "params has no '1'")
    #expect(try state.run("return p.beta", chunkName: "=t") == [.number(0.1)])
  }

  @Test func fastFunctionsMayAskForTheirGeneralTwin() throws {
    let state = try LuaState()
    let size = NativeFunction.fast(
      "size", otherwise: { call in [.string("nested"), .integer(try call.table(0).items.count)] }
    ) { call in
      guard call.kind(0) == .numbers else { throw LuaTryGeneral() }
      call.returnInteger(try call.numbers(0).count)
    }
    let alone = NativeFunction.fast("alone") { _ in throw LuaTryGeneral() }
    try state.register(LuaLibrary(name: "m", functions: [size, alone]))
    #expect(
      state.error(of: "require 'm'.alone()")?.message == "'alone' does not take these arguments")
    #expect(try state.run("return require 'm'.size{1, 2, 3}", chunkName: "=t") == [.integer(3)])
    #expect(
      try state.run("return require 'm'.size{{1}, {2}}", chunkName: "=t")
        == [.string("nested"), .integer(2)])
    let found = #expect(throws: LuaError.self) {
      try state.run("\nrequire 'm'.size(1)", chunkName: "=t")
    }
    #expect(found?.description == "t:2: bad argument #1 to 'size' (table expected, got number)")
  }

  @Test func modulesComeFromTheFinder() throws {
    let (state, _) = try LuaState.withBoxes()
    try state.setModuleFinder { name in
      guard name == "losses.dpo" else { return nil }
      return LuaModuleSource(
        source: "local name, from = ... return {name = name, from = from}", chunkName: "@dpo.lua")
    }
    #expect(
      try state.lab(
        "local m = require 'losses.dpo' return m.name, m.from, m == require 'losses.dpo'")
        == [.string("losses.dpo"), .string("@dpo.lua"), .boolean(true)])
    let found = state.labError("require 'losses.dpp'")
    #expect(found?.message.contains("no module 'losses.dpp' in the standard library") == true)
  }

  @Test func kindsAreRegisteredOnce() throws {
    let (state, _) = try LuaState.withBoxes()
    #expect(throws: LuaError.self) {
      try state.register(LuaHandleKind(kind: 1, name: "again") { _ in })
    }
    #expect(throws: LuaConversionError.self) {
      try state.setGlobal("x", .handle(LuaHandle(kind: 9, id: 1)))
    }
  }

  @Test func currentLineNamesTheCaller() throws {
    let state = try LuaState()
    var seen: [LuaLine] = []
    let mark = NativeFunction.fast("mark") { call in
      if let line = call.state.currentLine { seen.append(line) }
    }
    try state.register(LuaLibrary(name: "m", functions: [mark]))
    try state.run("local m = require 'm'\nm.mark()\nm.mark()", chunkName: "@one.lua")
    try state.run("require 'm'.mark()", chunkName: "@two.lua")
    #expect(seen.map(\.line) == [2, 3, 1])
    #expect(seen.map { state.sourceName($0.source) } == ["one.lua", "one.lua", "two.lua"])
    #expect(state.currentLine == nil)
  }
}
