import LuaRuntime

/// Arguments without nested tables or functions, read where they are.
enum FlatArguments {
  /// The arguments as values, or nil where one must be copied by Lua first.
  static func read(_ call: LuaFastCall) -> [LuaValue]? {
    var values: [LuaValue] = []
    values.reserveCapacity(call.count)
    for position in 0..<call.count {
      guard let value = read(call, position) else { return nil }
      values.append(value)
    }
    return values
  }

  private static func read(_ call: LuaFastCall, _ position: Int) -> LuaValue? {
    switch call.kind(position) {
    case .nil, .absent: return .nil
    case .handle: return call.anyHandle(position).map { .handle($0) }
    case .integer: return (try? call.integer(position)).map { .integer($0) }
    case .number: return call.numberIfPresent(position).map { .number($0) }
    case .boolean: return (try? call.boolean(position)).map { .boolean($0) }
    case .string: return (try? call.string(position)).map { .string($0) }
    case .numbers:
      guard call.holdsIntegers(position), let list = try? call.integers(position) else {
        return nil
      }
      return .table(LuaTable(items: list.map { .integer($0) }))
    case .other: return nil
    }
  }
}
