import CLuaBridge

/// Writes values for Lua. Nothing here calls Lua: C pushes the tokens later, where it may raise.
struct Encoder {
  let tokens: OpaquePointer
  let context: HostContext

  func put(_ values: [LuaValue]) throws {
    for value in values { try put(value) }
  }

  func put(_ value: LuaValue) throws {
    switch value {
    case .nil: lb_put_nil(tokens)
    case .boolean(let flag): lb_put_boolean(tokens, flag)
    case .integer(let integer): lb_put_integer(tokens, Int64(integer))
    case .number(let number): lb_put_number(tokens, number)
    case .string(let text): put(text)
    case .bytes(let bytes):
      bytes.withUnsafeBytes { raw in
        lb_put_string(tokens, raw.bindMemory(to: CChar.self).baseAddress, Int64(raw.count))
      }
    case .table(let table): try put(table)
    case .function(let function):
      guard function.ledger === context.ledger else {
        throw LuaConversionError(reason: "the function belongs to another Lua state")
      }
      lb_put_function(tokens, function.reference)
    case .handle(let handle):
      guard context.hasKind(handle.kind) else {
        throw LuaConversionError(reason: "no handle kind \(handle.kind) is registered")
      }
      lb_put_handle(tokens, handle.kind, handle.id)
    case .opaque(let opaque):
      throw LuaConversionError(reason: "a \(opaque.typeName) cannot be handed back to Lua")
    }
  }

  func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        lb_put_string(tokens, characters.baseAddress, Int64(characters.count))
      }
    }
  }

  private func put(_ table: LuaTable) throws {
    var metatable: Int32 = -1
    if let name = table.className {
      guard let number = context.metatables[name] else {
        throw LuaConversionError(reason: "no metatable '\(name)' is registered")
      }
      metatable = number
    }
    lb_put_table(tokens, Int64(table.items.count), Int64(table.fields.count), metatable)
    try put(table.items)
    for field in table.fields {
      try put(field.key)
      try put(field.value)
    }
  }

  /// Hands the function a slot in the host's table; Lua gives it back when it collects it.
  func put(_ native: NativeFunction) {
    lb_put_native(tokens, context.add(native))
  }

  /// A table from names to native functions.
  func put(_ functions: [(name: String, function: NativeFunction)]) {
    lb_put_table(tokens, 0, Int64(functions.count), -1)
    for entry in functions {
      put(entry.name)
      put(entry.function)
    }
  }
}

/// A Swift value that has no counterpart in this Lua state.
public struct LuaConversionError: Error, CustomStringConvertible {
  /// What cannot cross, and why.
  public let reason: String
  /// The reason.
  public var description: String { reason }
}
