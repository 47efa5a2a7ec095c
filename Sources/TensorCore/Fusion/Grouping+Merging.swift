// Which kernels wait for which, and when two become one.
extension Grouping {
  func dependencies(_ inputs: [Layout]) -> [Int] {
    var found: [Int] = []
    for input in inputs {
      let group = Int(places[input.base].group)
      if group >= 0 && !found.contains(group) { found.append(group) }
    }
    return found
  }

  /// Whether a reader of `depends` in `group` would make a group wait for itself.
  func wouldCycle(_ group: Int, _ depends: [Int]) -> Bool {
    depends.contains { $0 != group && groups[$0].ancestors.contains(group) }
  }

  mutating func addAncestor(_ ancestor: Int, of group: Int) {
    guard !groups[group].ancestors.contains(ancestor) else { return }
    var gained = groups[ancestor].ancestors
    gained.insert(ancestor)
    groups[group].ancestors.formUnion(gained)
    for other in groups.indices where groups[other].ancestors.contains(group) {
      groups[other].ancestors.formUnion(gained)
    }
  }

  /// Makes one kernel of two that range over the same elements, unless a third stands between.
  mutating func mergeIfPossible(_ other: Int, into group: Int) {
    let (a, b) = (groups[other], groups[group])
    guard a.count == b.count, a.cols == b.cols || a.cols == 0 || b.cols == 0,
      a.members.count + b.members.count <= Grouping.largestGroup
    else { return }
    let between = groups.indices.contains { third in
      third != other && third != group && !groups[third].members.isEmpty
        && (groups[third].ancestors.contains(other) && b.ancestors.contains(third)
          || groups[third].ancestors.contains(group) && a.ancestors.contains(third))
    }
    if between { return }
    // A terminal result of one must not be read by the other.
    if a.hasTerminal && b.ancestors.contains(other) { return }
    if b.hasTerminal && a.ancestors.contains(group) { return }
    guard readsInRegisters(other, group) else { return }
    groups[group].cols = max(a.cols, b.cols)
    groups[group].hasTerminal = a.hasTerminal || b.hasTerminal
    groups[group].members = (a.members + b.members).sorted()
    for member in a.members { places[member].group = Int32(group) }
    var ancestors = a.ancestors
    ancestors.formUnion(b.ancestors)
    ancestors.remove(other)
    ancestors.remove(group)
    groups[group].ancestors = ancestors
    groups[other].members = []
    groups[other].ancestors = BitSet()
    for third in groups.indices
    where groups[third].ancestors.contains(other) || groups[third].ancestors.contains(group) {
      groups[third].ancestors.remove(other)
      groups[third].ancestors.insert(group)
      groups[third].ancestors.formUnion(ancestors)
    }
  }

  /// Whether every value that one of the groups reads from the other can stay in registers.
  func readsInRegisters(_ first: Int, _ second: Int) -> Bool {
    for (reader, source) in [(first, second), (second, first)] {
      guard groups[reader].ancestors.contains(source) else { continue }
      for member in groups[reader].members {
        for input in inputs(of: member) where Int(places[input.base].group) == source {
          guard let candidate = role(reading: input) else { return false }
          let needs: Role = isReduction(member) ? .full : places[member].role
          if candidate.role != needs { return false }
        }
      }
    }
    return true
  }
}
