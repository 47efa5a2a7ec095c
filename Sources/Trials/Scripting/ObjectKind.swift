import LuaRuntime

/// Swift objects of one class that scripts hold as handles.
final class ObjectKind<Object> {
  let kind: Int32
  let name: String
  private var objects: [Int64: Object] = [:]
  private var next: Int64 = 1

  /// - Parameters:
  ///   - kind: a number no other kind of handle has.
  ///   - name: what errors and `tostring` call it.
  init(_ kind: Int32, _ name: String) {
    self.kind = kind
    self.name = name
  }

  /// The declaration for the Lua state.
  func declare(
    methods: [NativeFunction], describe: @escaping (Object) -> String,
    count: ((Object) -> Int)? = nil
  ) -> LuaHandleKind {
    var metamethods = [
      NativeFunction.general("__tostring") { [self] call in
        [.string("\(name): \(describe(try self(call, 0)))")]
      }
    ]
    if let count {
      metamethods.append(
        .general("__len") { [self] call in [.integer(count(try self(call, 0)))] })
    }
    return LuaHandleKind(
      kind: kind, name: name, methods: methods, metamethods: metamethods,
      release: { [self] id in objects[id] = nil })
  }

  /// A new handle for a script.
  func give(_ object: Object) -> LuaValue {
    objects[next] = object
    next += 1
    return .handle(LuaHandle(kind: kind, id: next - 1))
  }

  /// The object an argument names.
  ///
  /// - Throws: `LuaArgumentError` when it is something else.
  func callAsFunction(_ call: LuaCall, _ position: Int) throws -> Object {
    let id = try call.handle(position, kind: kind)
    guard let object = objects[id] else {
      throw call.argumentError(position, "the \(name) is closed")
    }
    return object
  }

  /// The object a value names, or nil.
  func object(_ value: LuaValue) -> Object? {
    guard case .handle(let handle) = value, handle.kind == kind else { return nil }
    return objects[handle.id]
  }
}
