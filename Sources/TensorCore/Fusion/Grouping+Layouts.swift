// How entries are read, and which views need a buffer of their own.
extension Grouping {
  /// The layout of every entry; decides which views must be copied out.
  mutating func findLayouts(_ outputs: [Int]) {
    let isOutput = Set(outputs)
    layouts.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      let own = Layout(base: index, shape: shape(index))
      guard entry.kind == .computed else {
        layouts.append(own)
        continue
      }
      switch entry.op.primitive.lowering {
      case .view(let kind):
        let view = layout(of: index, kind)
        if isOutput.contains(index) { copied[index] = true }
        layouts.append(copied[index] ? own : view)
      case .matmul:
        for side in 0..<2 {
          let input = entry.input(side)
          let slot: Int32 = 0
          if MatrixOperand(layouts[input], transposed: false, slot: slot) == nil
            || !isInMemory(input)
          {
            copyOut(input)
          }
        }
        layouts.append(own)
      case .kernel:
        for position in 0..<entry.count {
          let input = entry.input(position)
          let isNumber = entries[input].kind == .scalar || entries[input].kind == .constant
          if !isNumber && (!layouts[input].isContiguous || !isInMemory(input)) { copyOut(input) }
        }
        layouts.append(own)
      case .leaf, .map, .reduce: layouts.append(own)
      }
    }
  }

  mutating func layout(of index: Int, _ kind: ViewKind) -> Layout {
    let source = entries[index].input(0)
    let dims = shape(index).dims
    switch kind {
    case .expand: return layouts[source].expanded(to: dims)
    case .permute: return layouts[source].permuted(attributes(index))
    case .slice: return layouts[source].sliced(attributes(index))
    case .reshape:
      if let view = layouts[source].reshaped(to: dims) { return view }
      copyOut(source)
      return Layout(base: source, shape: Shape(dims))
    }
  }

  /// Whether the entry's elements lie in a buffer, rather than being a repeated number.
  func isInMemory(_ entry: Int) -> Bool {
    let base = entries[layouts[entry].base]
    return base.kind == .leaf || base.kind == .computed
  }

  /// Gives a view a buffer of its own from here on.
  mutating func copyOut(_ entry: Int) {
    guard isView(entry) else { return }
    copied[entry] = true
    layouts[entry] = Layout(base: entry, shape: shape(entry))
  }

  func isReduction(_ index: Int) -> Bool {
    if case .reduce = entries[index].op.primitive.lowering { return true }
    return false
  }

  /// How a member of a fused kernel reads its inputs.
  func inputs(of index: Int) -> [Layout] {
    if copied[index] { return [sourceOfCopy(index)] }
    let entry = entries[index]
    if isReduction(index) { return [reductionPlan(index).input] }
    let dims = shape(index).dims
    return (0..<entry.count).map { layouts[entry.input($0)].expanded(to: dims) }
  }
}
