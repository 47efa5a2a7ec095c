/// A Lua value, copied deeply on its way between Lua and Swift.
public enum LuaValue: Sendable, Equatable {
  case `nil`
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  /// A Lua string that is not UTF-8.
  case bytes([UInt8])
  case table(LuaTable)
  case function(LuaFunction)
  /// Coming from Lua the handle is lent for the call; going to Lua it carries one ownership.
  case handle(LuaHandle)
  /// Something Swift cannot look into: a thread, a foreign userdata, a closed handle.
  case opaque(LuaOpaque)
}

/// A native object that Lua holds: what kind it is, and the host's name for it.
public struct LuaHandle: Sendable, Hashable {
  /// The number its ``LuaHandleKind`` was registered with.
  public var kind: Int32
  /// The host's name for the object.
  public var id: Int64

  /// A handle of a kind.
  public init(kind: Int32, id: Int64) {
    self.kind = kind
    self.id = id
  }
}

/// A value known only by its type and whether it is the same one as before.
public struct LuaOpaque: Sendable, Equatable {
  /// What Lua's `type` says.
  public var typeName: String
  /// Equal for the same object while it lives; not stable between runs.
  public var identity: UInt
}

/// A field of a table outside its array part.
public struct LuaField: Sendable, Equatable {
  /// A number, string or boolean.
  public var key: LuaValue
  /// Any value.
  public var value: LuaValue

  /// A field.
  public init(key: LuaValue, value: LuaValue) {
    self.key = key
    self.value = value
  }
}

/// A copy of a Lua table: the values at 1...n, then the other fields sorted by key.
public struct LuaTable: Sendable, Equatable {
  /// The values at 1...n; nil where the table has a hole.
  public var items: [LuaValue]
  /// Numbers first, ascending, then strings, then booleans.
  public var fields: [LuaField]
  /// `__name` of the metatable. Going to Lua, it must be registered with the state.
  public var className: String?

  /// A table of items and other fields.
  public init(
    items: [LuaValue] = [], fields: [LuaField] = [], className: String? = nil
  ) {
    self.items = items
    self.fields = fields
    self.className = className
  }

  /// A table with string keys, in the order given.
  public init(_ named: KeyValuePairs<String, LuaValue>, className: String? = nil) {
    self.init(
      fields: named.map { LuaField(key: .string($0.key), value: $0.value) },
      className: className)
  }

  /// The value of a string key; `.nil` when absent. Setting adds or replaces.
  public subscript(name: String) -> LuaValue {
    get { fields.first { $0.key == .string(name) }?.value ?? .nil }
    set {
      if let index = fields.firstIndex(where: { $0.key == .string(name) }) {
        fields[index].value = newValue
      } else {
        fields.append(LuaField(key: .string(name), value: newValue))
      }
    }
  }

  /// The string keys, in order.
  public var names: [String] {
    fields.compactMap { field in
      if case .string(let name) = field.key { name } else { nil }
    }
  }
}

extension LuaValue {
  /// What Lua's `type` says of the value; `integer` and `number` are both "number".
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .string, .bytes: "string"
    case .table: "table"
    case .function: "function"
    case .handle: "userdata"
    case .opaque(let opaque): opaque.typeName
    }
  }

  /// The value as a Double when it is a number of either kind.
  public var numberValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value as an Int when it is an integer, or a number without a fraction that fits.
  public var integerValue: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The text of a string value.
  public var stringValue: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The table of a table value.
  public var tableValue: LuaTable? {
    if case .table(let table) = self { table } else { nil }
  }

  /// The function of a function value.
  public var functionValue: LuaFunction? {
    if case .function(let function) = self { function } else { nil }
  }
}
