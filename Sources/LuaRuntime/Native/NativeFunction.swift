/// A Swift function that Lua can call, by the name its errors use.
public struct NativeFunction {
  /// Body of a fast function: reads flat arguments in place, writes its result in place.
  public typealias FastBody = (LuaFastCall) throws -> Void
  /// Body of a general function: any arguments, copied; any number of results.
  public typealias GeneralBody = (LuaCall) throws -> [LuaValue]

  enum Body {
    case fast(FastBody, tag: Int32, handles: Int)
    case general(GeneralBody)
  }

  public let name: String
  let body: Body

  /// A function called often: no Swift array, string or closure is made by the call itself.
  ///
  /// - Parameters:
  ///   - name: what errors call it, and its field in a library or method table.
  ///   - tag: a number the body finds in `call.tag`, so that many functions share one body.
  ///   - handles: how many handles it returns at most, 0...4.
  ///   - body: throws to raise an error at the caller's line.
  public static func fast(
    _ name: String, tag: Int32 = 0, handles: Int = 0, _ body: @escaping FastBody
  ) -> NativeFunction {
    precondition((0...4).contains(handles), "a fast function returns at most 4 handles")
    return NativeFunction(name: name, body: .fast(body, tag: tag, handles: handles))
  }

  /// A function of any values, which may call back into Lua.
  public static func general(
    _ name: String, _ body: @escaping GeneralBody
  ) -> NativeFunction {
    NativeFunction(name: name, body: .general(body))
  }
}

/// A table of native functions that scripts `require`, read-only to them.
public struct LuaLibrary {
  /// Dotted names make libraries inside libraries.
  public var name: String
  public var functions: [NativeFunction]
  public var values: KeyValuePairs<String, LuaValue>
  public var children: [LuaLibrary]

  /// - Parameters:
  ///   - name: what `require` is given; for children, the field in the parent.
  ///   - functions: fields named by the functions' names.
  ///   - values: other fields: constants, Lua functions.
  ///   - children: nested libraries.
  public init(
    name: String, functions: [NativeFunction] = [],
    values: KeyValuePairs<String, LuaValue> = [:], children: [LuaLibrary] = []
  ) {
    self.name = name
    self.functions = functions
    self.values = values
    self.children = children
  }
}

/// How handles of one kind behave in Lua.
public struct LuaHandleKind {
  public var kind: Int32
  public var name: String
  public var methods: [NativeFunction]
  public var metamethods: [NativeFunction]
  public var property: NativeFunction?
  public var propertyNames: [String]
  public var isClosable: Bool
  public var release: (Int64) -> Void

  /// - Parameters:
  ///   - kind: 1...63, the host's number for the kind.
  ///   - name: shown in errors and by `__name`.
  ///   - methods: found by `x:name()`.
  ///   - metamethods: functions named `__add`, `__tostring`, `__len`, `__newindex`, ...
  ///   - property: a fast function called as (handle, key) when no method has that name; it
  ///     throws ``LuaMissingField`` for an unknown key.
  ///   - propertyNames: the keys `property` knows, for "did you mean".
  ///   - isClosable: whether `local x <close>` releases it.
  ///   - release: called once for each handle that Lua let go of, on Lua's thread.
  public init(
    kind: Int32, name: String, methods: [NativeFunction] = [],
    metamethods: [NativeFunction] = [], property: NativeFunction? = nil,
    propertyNames: [String] = [], isClosable: Bool = false,
    release: @escaping (Int64) -> Void
  ) {
    self.kind = kind
    self.name = name
    self.methods = methods
    self.metamethods = metamethods
    self.property = property
    self.propertyNames = propertyNames
    self.isClosable = isClosable
    self.release = release
  }
}

/// A metatable that tables made in Swift can carry, by name (`LuaTable.className`).
public struct LuaMetatable {
  public var name: String
  public var metamethods: [NativeFunction]
  /// Found by indexing: methods and constants. Empty: no `__index`.
  public var methods: [NativeFunction]

  public init(name: String, methods: [NativeFunction] = [], metamethods: [NativeFunction] = []) {
    self.name = name
    self.methods = methods
    self.metamethods = metamethods
  }
}

/// Thrown by a property getter that does not know the key it was given.
public struct LuaMissingField: Error {
  public init() {}
}
