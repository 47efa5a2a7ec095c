import CLuaBridge

// Results are appended in order; at most four, of which at most one text and one list.
extension LuaFastCall {
  private func append(_ value: lb_arg) {
    let index = Int(result.pointee.count)
    precondition(index < Int(LB_MAX_RESULTS), "a fast function returns at most 4 values")
    withUnsafeMutableBytes(of: &result.pointee.values) { bytes in
      bytes.bindMemory(to: lb_arg.self)[index] = value
    }
    result.pointee.count += 1
  }

  /// Returns a handle, handing over one ownership. The registration must have announced it.
  public func returnHandle(_ id: Int64, kind: Int32) {
    precondition(result.pointee.count < handleLimit, "announce a fast function's handles")
    append(lb_arg(tag: LB_HANDLE, kind: kind, integer: id, number: 0, data: nil, count: 0))
  }

  /// Returns a float.
  public func returnNumber(_ number: Double) {
    append(lb_arg(tag: LB_NUMBER, kind: 0, integer: 0, number: number, data: nil, count: 0))
  }

  /// Returns an integer.
  public func returnInteger(_ integer: Int) {
    append(
      lb_arg(tag: LB_INTEGER, kind: 0, integer: Int64(integer), number: 0, data: nil, count: 0))
  }

  /// Returns true or false.
  public func returnBoolean(_ flag: Bool) {
    append(
      lb_arg(tag: LB_BOOLEAN, kind: 0, integer: flag ? 1 : 0, number: 0, data: nil, count: 0))
  }

  /// Returns nil, for a result among others.
  public func returnNil() {
    append(lb_arg(tag: LB_NIL, kind: 0, integer: 0, number: 0, data: nil, count: 0))
  }

  /// Returns a copy of the text.
  public func returnString(_ text: String) {
    context.takeUnretainedValue().setText(text)
    append(lb_arg(tag: LB_STRING, kind: 0, integer: 0, number: 0, data: nil, count: 0))
  }

  /// Returns a table of numbers.
  public func returnNumbers(_ numbers: [Double]) { returnList(numbers, integers: false) }

  /// Returns a table of integers; exact to 2^53.
  public func returnIntegers(_ integers: [Int]) {
    returnList(integers.map(Double.init), integers: true)
  }

  private func returnList(_ numbers: [Double], integers: Bool) {
    let context = context.takeUnretainedValue()
    numbers.withUnsafeBufferPointer { buffer in
      lb_set_numbers(context.bridge, buffer.baseAddress, Int64(buffer.count))
    }
    append(
      lb_arg(
        tag: LB_NUMBERS, kind: integers ? 1 : 0, integer: 0, number: 0, data: nil, count: 0))
  }

  /// Returns the argument itself, so that calls chain.
  public func returnArgument(_ position: Int) {
    append(
      lb_arg(
        tag: LB_ARGUMENT, kind: 0, integer: Int64(position + 1), number: 0, data: nil,
        count: 0))
  }
}
