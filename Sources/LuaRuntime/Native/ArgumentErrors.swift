import CLuaBridge

/// A wrong argument of a native function.
public struct LuaArgumentError: Error, CustomStringConvertible {
  /// The whole message, without a position.
  public let description: String
}

extension LuaFastCall {
  /// The state that calls.
  public var state: LuaState { context.takeUnretainedValue().state }

  /// The name the function was registered with.
  public var functionName: String { context.takeUnretainedValue().name(of: function) }

  /// "bad argument #n to 'f' (reason)", with n as the caller counts it.
  public func argumentError(_ position: Int, _ reason: String) -> LuaArgumentError {
    context.takeUnretainedValue().argumentError(position, of: functionName, reason)
  }

  /// "bad argument #n to 'f' (x expected, got y)".
  public func wrongType(_ position: Int, expected: String) -> LuaArgumentError {
    argumentError(position, "\(expected) expected, got \(typeName(position))")
  }

  /// What an error calls the argument's type.
  public func typeName(_ position: Int) -> String {
    switch kind(position) {
    case .absent: return "no value"
    case .nil: return "nil"
    case .boolean: return "boolean"
    case .integer, .number: return "number"
    case .string: return "string"
    case .numbers: return "table"
    case .handle: return context.takeUnretainedValue().kindName(arguments[position].kind)
    case .other:
      let name = arguments[position].data?.assumingMemoryBound(to: CChar.self)
      return name.map { String(cString: $0) } ?? "value"
    }
  }
}

extension HostContext {
  /// Lua counts a method's arguments without the object.
  func argumentError(
    _ position: Int, of function: String, _ reason: String
  ) -> LuaArgumentError {
    if let symbol = operatorSymbols[function] {
      return LuaArgumentError(
        description: "bad operand #\(position + 1) of '\(symbol)' (\(reason))")
    }
    guard lb_called_as_method(bridge) else {
      return LuaArgumentError(
        description: "bad argument #\(position + 1) to '\(function)' (\(reason))")
    }
    let text =
      position == 0
      ? "calling '\(function)' on bad self (\(reason))"
      : "bad argument #\(position) to '\(function)' (\(reason))"
    return LuaArgumentError(description: text)
  }
}

/// What a script writes for the metamethods that are operators.
private let operatorSymbols = [
  "__add": "+", "__sub": "-", "__mul": "*", "__div": "/", "__mod": "%", "__pow": "^",
  "__unm": "-", "__idiv": "//", "__concat": "..", "__eq": "==", "__lt": "<", "__le": "<=",
  "__len": "#", "__band": "&", "__bor": "|", "__bxor": "~", "__bnot": "~", "__shl": "<<",
  "__shr": ">>",
]
