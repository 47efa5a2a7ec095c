import CLuaBridge

/// One call of a fast function. Valid until the body returns; positions count from 0.
public struct LuaFastCall {
  let context: Unmanaged<HostContext>
  let function: Int32
  let arguments: UnsafePointer<lb_arg>
  let result: UnsafeMutablePointer<lb_result>
  let handleLimit: Int
  /// How many arguments there are, trailing nils included.
  public let count: Int
  /// The number given at registration.
  public let tag: Int32

  /// What an argument is.
  public enum ArgumentKind: Sendable {
    case absent, `nil`, boolean, integer, number, string, handle, numbers, other
  }

  /// What the argument at a position is.
  public func kind(_ position: Int) -> ArgumentKind {
    guard position < count else { return .absent }
    switch arguments[position].tag {
    case LB_BOOLEAN: return .boolean
    case LB_INTEGER: return .integer
    case LB_NUMBER: return .number
    case LB_STRING: return .string
    case LB_HANDLE: return .handle
    case LB_NUMBERS: return .numbers
    case LB_OTHER: return .other
    default: return .nil
    }
  }

  /// True for nil and past the last argument.
  public func isNilOrAbsent(_ position: Int) -> Bool {
    position >= count || arguments[position].tag == LB_NIL
  }

  /// The id of a handle of this kind, or nil for anything else.
  public func handleIfPresent(_ position: Int, kind: Int32) -> Int64? {
    guard position < count else { return nil }
    let argument = arguments[position]
    return argument.tag == LB_HANDLE && argument.kind == kind ? argument.integer : nil
  }

  /// Kind and id of any handle, or nil for anything else.
  public func anyHandle(_ position: Int) -> LuaHandle? {
    guard position < count, arguments[position].tag == LB_HANDLE else { return nil }
    return LuaHandle(kind: arguments[position].kind, id: arguments[position].integer)
  }

  /// The number at a position, integer or not, or nil for anything else.
  public func numberIfPresent(_ position: Int) -> Double? {
    guard position < count else { return nil }
    let tag = arguments[position].tag
    return tag == LB_NUMBER || tag == LB_INTEGER ? arguments[position].number : nil
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no handle of this kind.
  public func handle(_ position: Int, kind: Int32) throws -> Int64 {
    if let id = handleIfPresent(position, kind: kind) { return id }
    throw wrongType(position, expected: context.takeUnretainedValue().kindName(kind))
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no number.
  public func number(_ position: Int) throws -> Double {
    if let number = numberIfPresent(position) { return number }
    throw wrongType(position, expected: "number")
  }

  /// - Throws: ``LuaArgumentError`` unless the argument is an integer or a whole number.
  public func integer(_ position: Int) throws -> Int {
    guard let number = numberIfPresent(position) else {
      throw wrongType(position, expected: "integer")
    }
    if arguments[position].tag == LB_INTEGER { return Int(arguments[position].integer) }
    if let whole = Int(exactly: number) { return whole }
    throw argumentError(position, "number \(number) has no integer representation")
  }

  /// - Throws: ``LuaArgumentError`` when the argument is no boolean.
  public func boolean(_ position: Int) throws -> Bool {
    guard kind(position) == .boolean else { throw wrongType(position, expected: "boolean") }
    return arguments[position].integer != 0
  }

  /// A copy of a string argument; bytes that are not UTF-8 are replaced.
  ///
  /// - Throws: ``LuaArgumentError`` when the argument is no string.
  public func string(_ position: Int) throws -> String {
    guard kind(position) == .string else { throw wrongType(position, expected: "string") }
    let argument = arguments[position]
    let bytes = UnsafeRawBufferPointer(start: argument.data, count: Int(argument.count))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The numbers of a flat table, in place: valid until the body returns.
  ///
  /// - Throws: ``LuaArgumentError`` when the argument is no array of numbers.
  public func numbers(_ position: Int) throws -> UnsafeBufferPointer<Double> {
    guard kind(position) == .numbers else {
      throw wrongType(position, expected: "array of numbers")
    }
    let argument = arguments[position]
    let start = argument.data?.assumingMemoryBound(to: Double.self)
    return UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(argument.count))
  }

  /// True when an array of numbers holds integers only.
  public func holdsIntegers(_ position: Int) -> Bool {
    kind(position) == .numbers && arguments[position].kind != 0
  }

  /// The integers of a flat table.
  ///
  /// - Throws: ``LuaArgumentError`` when the argument is no array of whole numbers.
  public func integers(_ position: Int) throws -> [Int] {
    try numbers(position).map { number in
      guard let whole = Int(exactly: number) else {
        throw argumentError(position, "number \(number) has no integer representation")
      }
      return whole
    }
  }
}
