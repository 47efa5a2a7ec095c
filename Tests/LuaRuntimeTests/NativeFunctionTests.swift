import Testing

@testable import LuaRuntime

/// A toy host: handles are boxed numbers, counted while alive.
final class Boxes {
  static let kind: Int32 = 1
  var values: [Int64: Double] = [:]
  var next: Int64 = 1
  var released = 0

  func make(_ value: Double) -> Int64 {
    defer { next += 1 }
    values[next] = value
    return next
  }

  func install(in state: LuaState, bytesPerBox: Int = 0) throws {
    let box = NativeFunction.fast("box", handles: 1) { call in
      let value = try call.number(0)
      call.state.control.addExternalBytes(bytesPerBox)
      call.returnHandle(self.make(value), kind: Self.kind)
    }
    let add = NativeFunction.fast("__add", handles: 1) { call in
      let left = self.values[try call.handle(0, kind: Self.kind)] ?? 0
      let right = try call.numberIfPresent(1)
        ?? self.values[call.handle(1, kind: Self.kind)] ?? 0
      call.state.control.addExternalBytes(bytesPerBox)
      call.returnHandle(self.make(left + right), kind: Self.kind)
    }
    let value = NativeFunction.fast("value") { call in
      call.returnNumber(self.values[try call.handle(0, kind: Self.kind)] ?? .nan)
    }
    let property = NativeFunction.fast("property") { call in
      guard call.kind(1) == .string, try call.string(1) == "shape" else {
        throw LuaMissingField()
      }
      call.returnIntegers([2, 3])
    }
    let text = NativeFunction.fast("__tostring") { call in
      call.returnString("box \(self.values[try call.handle(0, kind: Self.kind)] ?? .nan)")
    }
    try state.register(
      LuaHandleKind(
        kind: Self.kind, name: "box", methods: [value], metamethods: [add, text],
        property: property, propertyNames: ["shape"], isClosable: true
      ) { [control = state.control] id in
        self.values[id] = nil
        self.released += 1
        control.addExternalBytes(-bytesPerBox)
      })
    let echo = NativeFunction.general("echo") { $0.arguments }
    let apply = NativeFunction.general("apply") { call in
      try call.state.call(try call.function(0), Array(call.arguments.dropFirst()))
    }
    try state.register(
      LuaLibrary(
        name: "lab", functions: [box, echo, apply], values: ["version": .string("1")],
        children: [LuaLibrary(name: "deep", functions: [echo])]))
  }
}

@Suite struct NativeFunctionTests {
  @Test func fastFunctionsTakeAndReturnHandles() throws {
    let state = try LuaState()
    let boxes = Boxes()
    try boxes.install(in: state)
    let results = try state.run(
      """
      local lab = require "lab"
      local b = lab.box(2) + lab.box(3) + 4
      return b:value(), tostring(b), b.shape
      """, chunkName: "@t.lua")
    #expect(
      results == [
        .number(9), .string("box 9.0"),
        .table(LuaTable(items: [.integer(2), .integer(3)])),
      ])
  }
}
