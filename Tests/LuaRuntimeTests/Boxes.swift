@testable import LuaRuntime

/// A small host for the tests: handles are boxed numbers, counted while alive.
final class Boxes {
  static let kind: Int32 = 1
  private(set) var values: [Int64: Double] = [:]
  private(set) var released = 0
  private var next: Int64 = 1
  let bytesPerBox: Int

  init(bytesPerBox: Int = 0) { self.bytesPerBox = bytesPerBox }

  private func make(_ value: Double, _ call: LuaFastCall) {
    values[next] = value
    call.state.control.addExternalBytes(bytesPerBox)
    call.returnHandle(next, kind: Self.kind)
    next += 1
  }

  private func operand(_ call: LuaFastCall, _ position: Int) throws -> Double {
    if let number = call.numberIfPresent(position) { return number }
    return try values[call.handle(position, kind: Self.kind)] ?? .nan
  }

  func install(in state: LuaState) throws {
    try state.register(kind(control: state.control))
    try state.register(
      LuaMetatable(
        name: "point", methods: [.general("first") { [$0.arguments[0].tableValue?["x"] ?? .nil] }]))
    let echo = NativeFunction.general("echo") { $0.arguments }
    try state.register(
      LuaLibrary(
        name: "lab", functions: [echo] + fastFunctions + generalFunctions,
        values: ["version": .string("1")],
        children: [LuaLibrary(name: "deep", functions: [echo])]))
  }

  private func kind(control: LuaControl) -> LuaHandleKind {
    let add = NativeFunction.fast("__add", handles: 1) { call in
      self.make(try self.operand(call, 0) + self.operand(call, 1), call)
    }
    let text = NativeFunction.fast("__tostring") { call in
      call.returnString("box \(try self.operand(call, 0))")
    }
    let equal = NativeFunction.fast("__eq") { call in
      call.returnBoolean(try self.operand(call, 0) == self.operand(call, 1))
    }
    let length = NativeFunction.fast("__len") { $0.returnInteger(7) }
    let value = NativeFunction.fast("value") { $0.returnNumber(try self.operand($0, 0)) }
    let scale = NativeFunction.fast("scale", handles: 1) { call in
      self.make(try self.operand(call, 0) * call.number(1), call)
    }
    let same = NativeFunction.fast("same") { $0.returnArgument(0) }
    let property = NativeFunction.fast("property") { call in
      guard call.kind(1) == .string, try call.string(1) == "shape" else {
        throw LuaMissingField()
      }
      call.returnIntegers([2, 3])
    }
    return LuaHandleKind(
      kind: Self.kind, name: "box", methods: [value, scale, same],
      metamethods: [add, text, equal, length], property: property, propertyNames: ["shape"],
      isClosable: true
    ) { id in
      self.values[id] = nil
      self.released += 1
      control.addExternalBytes(-self.bytesPerBox)
    }
  }

  private var fastFunctions: [NativeFunction] {
    let box = NativeFunction.fast("box", handles: 1) { self.make(try $0.number(0), $0) }
    let split = NativeFunction.fast("split", handles: 2) { call in
      self.make(try call.number(0), call)
      self.make(try call.number(0) + 1, call)
      call.returnNil()
    }
    let sum = NativeFunction.fast("sum") { call in
      call.returnNumber(try call.numbers(0).reduce(0, +))
      call.returnBoolean(call.holdsIntegers(0))
    }
    let tag = NativeFunction.fast("tag", tag: 42) { $0.returnInteger(Int($0.tag)) }
    let half = NativeFunction.fast("half", handles: 2) { call in
      self.make(1, call)
      throw LuaConversionError(reason: "failed half way with a text long enough to be on the heap")
    }
    return [box, split, sum, tag, half]
  }

  private var generalFunctions: [NativeFunction] {
    let apply = NativeFunction.general("apply") { call in
      try call.state.call(try call.function(0), Array(call.arguments.dropFirst()))
    }
    let counter = NativeFunction.general("counter") { call in
      var count = try call.integer(0)
      let step = NativeFunction.general("step") { _ in
        count += 1
        return [.integer(count)]
      }
      return [.function(try call.state.function(step))]
    }
    let point = NativeFunction.general("point") { call in
      [.table(LuaTable(["x": call[0]], className: "point"))]
    }
    return [apply, counter, point]
  }
}

extension LuaState {
  /// A state with the boxes' library, and the boxes.
  static func withBoxes(
    _ options: Options = Options(), bytesPerBox: Int = 0
  ) throws -> (LuaState, Boxes) {
    let state = try LuaState(options)
    let boxes = Boxes(bytesPerBox: bytesPerBox)
    try boxes.install(in: state)
    return (state, boxes)
  }

  /// Runs source in which the library is `lab`.
  func lab(_ source: String) throws -> [LuaValue] {
    try run("local lab = require 'lab' " + source, chunkName: "@test.lua")
  }

  /// The error of source in which the library is `lab`.
  func labError(_ source: String) -> LuaError? {
    error(of: "local lab = require 'lab' " + source)
  }

  /// The error of source.
  func error(of source: String) -> LuaError? {
    do {
      _ = try run(source, chunkName: "@test.lua")
      return nil
    } catch {
      return error as? LuaError
    }
  }
}
