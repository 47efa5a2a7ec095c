extension Graph {
  /// The first operation on the way to `tensors` that made a NaN or an infinity of finite numbers.
  public struct Culprit {
    /// As scripts spell it.
    public let operation: String
    /// `file.lua:12`, or nil when Swift made it.
    public let line: String?
    /// The operation's result.
    public let shape: Shape
    /// Row-major place of the first offending element, 0-based, and its value.
    public let element: Int
    public let value: Double
  }

  /// Computes `tensors` one operation at a time and stops at the first that makes a NaN or an
  /// infinity although its inputs are finite. Slow: for finding out, after the fact.
  ///
  /// - Returns: The culprit, or nil when every number is finite.
  public func findNonFinite(_ tensors: [Tensor]) throws -> Culprit? {
    trace(tensors.map(\.id), into: &scratchTrace)
    var ids = [NodeID](repeating: 0, count: scratchTrace.entries.count)
    for id in 1..<NodeID(nodeCount) where nodes[Int(id)].mark == stamp {
      ids[Int(nodes[Int(id)].place)] = id
    }
    for id in ids where id != 0 {
      let tensor = Tensor(self, id)
      guard tensor.dtype.isFloating else { continue }
      let numbers = try tensor.doubles()
      if let element = numbers.firstIndex(where: { !$0.isFinite }) {
        return Culprit(
          operation: nodes[Int(id)].op.operation.name, line: line(of: tensor),
          shape: tensor.shape, element: element, value: numbers[element])
      }
    }
    return nil
  }

  /// The first operation on the way to `tensors` that made a NaN, although what comes of it may
  /// hide it. All are computed at once; what was computed before is not looked at.
  ///
  /// - Returns: The culprit, or nil where no operation makes a NaN.
  public func findHiddenNaN(_ tensors: [Tensor]) throws -> Culprit? {
    trace(tensors.map(\.id), into: &scratchTrace)
    var ids = [NodeID](repeating: 0, count: scratchTrace.entries.count)
    for id in 1..<NodeID(nodeCount) where nodes[Int(id)].mark == stamp {
      let place = Int(nodes[Int(id)].place)
      if scratchTrace.entries[place].kind == .computed { ids[place] = id }
    }
    let parts = ids.filter { $0 != 0 }.map { Tensor(self, $0) }.filter { $0.dtype.isFloating }
    let handles = parts.map(Handle.init)
    defer { withExtendedLifetime(handles) {} }
    try realize(parts)
    for part in parts {
      let numbers = try part.doubles()
      guard let element = numbers.firstIndex(where: \.isNaN) else { continue }
      return Culprit(
        operation: nodes[Int(part.id)].op.operation.name, line: line(of: part),
        shape: part.shape, element: element, value: .nan)
    }
    return nil
  }
}
