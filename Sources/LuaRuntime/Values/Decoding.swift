import CLuaBridge

/// Reads the C copies of Lua values. Each copied function must be read exactly once, because
/// reading it takes over its reference.
struct Decoder {
  let ledger: ReferenceLedger

  func values(_ start: UnsafePointer<lb_value>?, count: Int) -> [LuaValue] {
    UnsafeBufferPointer(start: start, count: start == nil ? 0 : count).map(value)
  }

  func value(_ value: lb_value) -> LuaValue {
    switch value.tag {
    case LB_BOOLEAN: .boolean(value.integer != 0)
    case LB_INTEGER: .integer(Int(value.integer))
    case LB_NUMBER: .number(value.number)
    case LB_STRING: string(value)
    case LB_TABLE: .table(table(value))
    case LB_FUNCTION:
      .function(
        LuaFunction(
          reference: Int32(value.integer), identity: UInt(value.identity), ledger: ledger))
    case LB_HANDLE: .handle(LuaHandle(kind: value.kind, id: value.integer))
    case LB_OTHER:
      .opaque(LuaOpaque(typeName: text(value) ?? "?", identity: UInt(value.identity)))
    default: .nil
    }
  }

  private func table(_ value: lb_value) -> LuaTable {
    let pairs = UnsafeBufferPointer(start: value.pairs, count: 2 * Int(value.keyed))
    let fields = stride(from: 0, to: pairs.count, by: 2).map { index in
      LuaField(key: self.value(pairs[index]), value: self.value(pairs[index + 1]))
    }
    return LuaTable(
      items: values(value.items, count: Int(value.count)), fields: fields,
      className: text(value))
  }

  private func bytes(_ value: lb_value) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: value.text, count: value.text == nil ? 0 : Int(value.length))
  }

  private func text(_ value: lb_value) -> String? {
    value.text == nil ? nil : String(decoding: bytes(value), as: UTF8.self)
  }

  private func string(_ value: lb_value) -> LuaValue {
    let bytes = bytes(value)
    if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
    return .bytes(Array(bytes))
  }
}
