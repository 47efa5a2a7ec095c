extension Graph {
  /// Makes what is computed from a tensor remember how, even once it was looked at.
  ///
  /// - Returns: Whether it did not before; then `untrack` undoes it.
  public func track(_ tensor: Tensor) -> Bool {
    let known = nodes[Int(tensor.id)].flags.contains(.tracked)
    nodes[Int(tensor.id)].flags.insert(.tracked)
    return !known
  }

  /// Undoes a `track` that returned true; what was computed meanwhile keeps its history.
  public func untrack(_ tensor: Tensor) {
    nodes[Int(tensor.id)].flags.remove(.tracked)
  }

  /// Whether the graph still knows how `output` was computed from `source`.
  public func depends(_ output: Tensor, on source: Tensor) -> Bool {
    stamp += 1
    var pending = [output.id]
    while let id = pending.popLast() {
      if id == source.id { return true }
      guard nodes[Int(id)].mark != stamp else { continue }
      nodes[Int(id)].mark = stamp
      let node = nodes[Int(id)]
      for index in 0..<Int(node.inputCount) { pending.append(node.input(index)) }
    }
    return false
  }
}
