// Which entries get buffers, and where they lie.
extension Planner {
  mutating func findStored() {
    for entry in outputs { stored[entry] = true }
    for update in updates { stored[update.entry] = true }
    for group in order {
      for member in grouping.groups[group].members {
        if !grouping.groups[group].isFused || grouping.places[member].role == .terminal {
          stored[member] = true
        }
        for input in inputs(of: member) {
          let other = Int(grouping.places[input.base].group)
          if other >= 0 && other != group { stored[input.base] = true }
        }
      }
    }
  }

  mutating func assignLeaves() {
    for (entry, node) in grouping.entries.enumerated() where node.kind == .leaf {
      slots[entry] = node.slot
    }
  }

  mutating func assignOutputs() {
    for entry in outputs {
      if slots[entry] < 0 {
        slots[entry] = newSlot()
        plan.outputs.append((slots[entry], bytes(entry)))
      }
      let slot = slots[entry]
      plan.outputIndex.append(plan.outputs.firstIndex { $0.slot == slot } ?? 0)
    }
  }

  mutating func newSlot() -> Int32 {
    plan.slotCount += 1
    return Int32(plan.slotCount - 1)
  }

  /// An update is computed in the leaf's own buffer when nothing reads the old value later or
  /// elsewhere in the same kernel.
  mutating func assignUpdates() {
    for update in updates where slots[update.entry] < 0 {
      let place = grouping.places[update.entry]
      let group = Int(place.group)
      guard grouping.groups[group].isFused ? place.role == .full : canPutInPlace(update),
        order.allSatisfy({ reads($0, leaf: update.leaf, noLaterThan: group) })
      else { continue }
      slots[update.entry] = update.leaf
      inPlace.insert(update.entry)
    }
  }

  /// Whether the update replaces a row of the leaf it is written to.
  private func canPutInPlace(_ update: (leaf: Int32, entry: Int)) -> Bool {
    let node = grouping.entries[update.entry]
    guard case .kernel(.replaceRow) = node.op.primitive.lowering else { return false }
    let source = grouping.entries[grouping.layouts[node.input(0)].base]
    return source.kind == .leaf && source.slot == update.leaf
  }

  func reads(_ reader: Int, leaf: Int32, noLaterThan group: Int) -> Bool {
    if position[reader] < position[group] { return true }
    for member in grouping.groups[reader].members {
      for input in inputs(of: member) {
        let base = grouping.entries[input.base]
        guard base.kind == .leaf, base.slot == leaf else { continue }
        if reader != group { return false }
        let isWhole =
          input.isContiguous && input.offset == 0
          && input.count == grouping.groups[group].count
        if !isWhole { return false }
      }
    }
    return true
  }

  // MARK: Parts of a whole

  /// Computes the parts of a concatenation where they belong in its buffer.
  mutating func findParts() {
    for group in order {
      let entry = grouping.groups[group].members[0]
      guard let offsets = partOffsets(entry), slots[entry] < 0 else { continue }
      for (position, offset) in offsets.enumerated() {
        let part = grouping.layouts[grouping.entries[entry].input(position)]
        guard isOwn(part), homes[part.base] == nil else { continue }
        homes[part.base] = (entry, offset)
      }
    }
  }

  /// Bytes from the start of a concatenation to each of its parts, nil where they do not lie in
  /// one piece and for any other entry.
  func partOffsets(_ entry: Int) -> [Int]? {
    let node = grouping.entries[entry]
    guard case .kernel(.concatenate) = node.op.primitive.lowering, bytes(entry) > 0,
      grouping.shape(entry).dims.prefix(grouping.attributes(entry)[0]).allSatisfy({ $0 == 1 })
    else { return nil }
    var offset = 0
    return (0..<node.count).map { position in
      defer { offset += grouping.layouts[node.input(position)].count * node.dtype.size }
      return offset
    }
  }

  /// Whether the layout is all of a computed entry whose buffer may still be chosen.
  private func isOwn(_ layout: Layout) -> Bool {
    let base = layout.base
    return grouping.places[base].group >= 0 && stored[base] && slots[base] < 0
      && layout.offset == 0 && layout.isContiguous && layout.count > 0
      && layout.count == grouping.shape(base).count
  }

  /// Whether every part of a concatenation was computed in its place.
  func isLaidOut(_ entry: Int) -> Bool {
    guard let offsets = partOffsets(entry) else { return false }
    return offsets.enumerated().allSatisfy { position, offset in
      let base = grouping.layouts[grouping.entries[entry].input(position)].base
      return homes[base].map { $0.whole == entry && $0.offset == offset } ?? false
    }
  }

  // MARK: The arena

  mutating func assignArena() {
    var first = [Int](repeating: -1, count: grouping.entries.count)
    var last = first
    for (place, group) in order.enumerated() {
      for member in grouping.groups[group].members {
        for input in inputs(of: member) { last[input.base] = place }
      }
    }
    for update in updates { last[update.entry] = order.count }
    var wholes: [Int] = []
    for (place, group) in order.enumerated() {
      for member in grouping.groups[group].members where stored[member] && slots[member] < 0 {
        slots[member] = newSlot()
        var (whole, offset) = (member, 0)
        while let home = homes[whole] { (whole, offset) = (home.whole, offset + home.offset) }
        // A buffer lives from the first of its parts to the last use of any.
        if first[whole] < 0 {
          first[whole] = place
          wholes.append(whole)
        }
        last[whole] = max(last[whole], last[member], place)
        if whole != member { parts.append((slots[member], Int32(whole), offset)) }
      }
    }
    for whole in wholes {
      lifetimes.append(
        Arena.Lifetime(
          slot: slots[whole], bytes: bytes(whole), first: first[whole], last: last[whole]))
    }
    for index in parts.indices { parts[index].whole = slots[Int(parts[index].whole)] }
  }

  /// Gives every buffer of the arena its offset.
  mutating func placeBuffers() {
    let (offsets, total) = Arena.place(lifetimes)
    var start = [Int](repeating: 0, count: plan.slotCount)
    for (lifetime, offset) in zip(lifetimes, offsets) { start[Int(lifetime.slot)] = offset }
    plan.arena =
      lifetimes.map { ($0.slot, start[Int($0.slot)]) }
      + parts.map { ($0.slot, start[Int($0.whole)] + $0.offset) }
    plan.arenaBytes = total
  }

  mutating func temporary(_ bytes: Int, at group: Int) -> Int32 {
    let slot = newSlot()
    lifetimes.append(
      Arena.Lifetime(slot: slot, bytes: bytes, first: position[group], last: position[group]))
    return slot
  }
}
