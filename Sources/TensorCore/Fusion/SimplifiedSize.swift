extension Graph {
  /// Operations, numbers and leaves that a computation needs once equal ones are merged and
  /// arithmetic with 0 and 1 is done; views and conversions are not counted.
  ///
  /// - Parameter outputs: what is computed.
  /// - Returns: a measure of how complex it is, the same for spellings that differ in nothing.
  public func simplifiedSize(of outputs: [Tensor]) -> Int {
    trace(outputs.map(\.id), into: &scratchTrace)
    let simplified = Simplified(scratchTrace, self)
    var pending = scratchTrace.outputs.map { Int(simplified.places[Int($0)]) }
    var seen: Set<Int> = []
    var size = 0
    while let place = pending.popLast() {
      guard seen.insert(place).inserted else { continue }
      let entry = simplified.entries[place]
      if !Self.onlyMoves(entry) { size += 1 }
      for index in 0..<entry.count { pending.append(entry.input(index)) }
    }
    return size
  }

  private static func onlyMoves(_ entry: Trace.Entry) -> Bool {
    guard entry.kind == .computed else { return false }
    if entry.op == Leaves.cast { return true }
    if case .view = entry.op.primitive.lowering { return true }
    return false
  }
}
