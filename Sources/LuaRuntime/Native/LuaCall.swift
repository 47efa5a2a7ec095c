/// One call of a general function. Positions count from 0.
public struct LuaCall {
  /// The state that calls; the body may call back into it.
  public let state: LuaState
  public let functionName: String
  /// Trailing nils included.
  public let arguments: [LuaValue]

  /// The argument, or `.nil` past the end.
  public subscript(position: Int) -> LuaValue {
    position < arguments.count ? arguments[position] : .nil
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no number.
  public func number(_ position: Int) throws -> Double {
    guard let number = self[position].numberValue else {
      throw wrongType(position, expected: "number")
    }
    return number
  }

  /// - Throws: ``LuaArgumentError`` unless the argument is an integer or a whole number.
  public func integer(_ position: Int) throws -> Int {
    guard let number = self[position].numberValue else {
      throw wrongType(position, expected: "integer")
    }
    guard let integer = self[position].integerValue else {
      throw argumentError(position, "number \(number) has no integer representation")
    }
    return integer
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no boolean.
  public func boolean(_ position: Int) throws -> Bool {
    guard case .boolean(let flag) = self[position] else {
      throw wrongType(position, expected: "boolean")
    }
    return flag
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no string of UTF-8.
  public func string(_ position: Int) throws -> String {
    guard let text = self[position].stringValue else {
      throw wrongType(position, expected: "string")
    }
    return text
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no table.
  public func table(_ position: Int) throws -> LuaTable {
    guard let table = self[position].tableValue else {
      throw wrongType(position, expected: "table")
    }
    return table
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no function.
  public func function(_ position: Int) throws -> LuaFunction {
    guard let function = self[position].functionValue else {
      throw wrongType(position, expected: "function")
    }
    return function
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no handle of this kind.
  public func handle(_ position: Int, kind: Int32) throws -> Int64 {
    guard case .handle(let handle) = self[position], handle.kind == kind else {
      throw wrongType(position, expected: state.context.kindName(kind))
    }
    return handle.id
  }

  /// "bad argument #n to 'f' (reason)", with n as the caller counts it.
  public func argumentError(_ position: Int, _ reason: String) -> LuaArgumentError {
    state.context.argumentError(position, of: functionName, reason)
  }

  /// "bad argument #n to 'f' (x expected, got y)".
  public func wrongType(_ position: Int, expected: String) -> LuaArgumentError {
    argumentError(position, "\(expected) expected, got \(typeName(position))")
  }

  private func typeName(_ position: Int) -> String {
    guard position < arguments.count else { return "no value" }
    guard case .handle(let handle) = arguments[position] else {
      return arguments[position].typeName
    }
    return state.context.kindName(handle.kind)
  }
}
