/// The cut of a simplified trace into kernels.
///
/// Entries join the kernel of an input when they range over the same elements in the same order
/// (`full`), or over its rows after a reduction along the last axes (`row`). Reductions of
/// everything or down the columns end a kernel (`terminal`): their results come when it is done.
struct Grouping {
  enum Role: UInt8 { case full, row, terminal }

  /// The kernel that computes an entry and the entry's part in it.
  struct Place {
    var group: Int32 = -1
    var role: Role = .full
  }

  struct Group {
    /// Elements ranged over; 0-sized kernels included.
    var count: Int
    /// Elements of a row, 0 while nothing has asked for rows.
    var cols: Int
    /// Computing entries, ascending; empty once merged into another group.
    var members: [Int]
    /// Groups that must run before.
    var ancestors: BitSet
    /// Whether elementwise work may join.
    var isFused: Bool
    /// Whether a reduction down the columns or of everything ends it.
    var hasTerminal = false
  }

  /// Rows longer than this are not held in registers beside others.
  static let longestRow = 1 << 16
  /// A total of at most this many elements counts as one row.
  static let longestTotalRow = 4096
  /// Members of a kernel at most.
  static let largestGroup = 256

  let entries: [Trace.Entry]
  let shapes: [Shape]
  let attributes: [[Int]]
  private(set) var groups: [Group] = []
  private(set) var places: [Place]
  /// How to read each entry; views read the buffer of their base.
  private(set) var layouts: [Layout]
  /// Views that are copied out, because no strides can say them.
  private(set) var copied: [Bool]
  private(set) var needed: [Bool]

  init(_ simplified: Simplified, outputs: [Int], shapes: [Shape], attributes: [[Int]]) {
    entries = simplified.entries
    self.shapes = shapes
    self.attributes = attributes
    places = .init(repeating: Place(), count: entries.count)
    copied = .init(repeating: false, count: entries.count)
    needed = .init(repeating: false, count: entries.count)
    layouts = []
    findNeeded(outputs)
    findLayouts(outputs)
    for index in entries.indices where needed[index] && entries[index].kind == .computed {
      place(index)
    }
  }

  func shape(_ entry: Int) -> Shape { shapes[Int(entries[entry].shape)] }

  func attributes(_ entry: Int) -> [Int] { attributes[Int(entries[entry].attributes)] }

  /// Whether the entry has a buffer or register of its own, rather than being read through one.
  func isView(_ entry: Int) -> Bool {
    if case .view = entries[entry].op.primitive.lowering {
      return entries[entry].kind == .computed && !copied[entry]
    }
    return false
  }

  private mutating func findNeeded(_ outputs: [Int]) {
    var stack = outputs
    while let entry = stack.popLast() {
      if needed[entry] { continue }
      needed[entry] = true
      for index in 0..<entries[entry].count { stack.append(entries[entry].input(index)) }
    }
  }

  /// The layout of every entry; decides which views must be copied out.
  private mutating func findLayouts(_ outputs: [Int]) {
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

  private mutating func layout(of index: Int, _ kind: ViewKind) -> Layout {
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
  private func isInMemory(_ entry: Int) -> Bool {
    let base = entries[layouts[entry].base]
    return base.kind == .leaf || base.kind == .computed
  }

  /// Gives a view a buffer of its own from here on.
  private mutating func copyOut(_ entry: Int) {
    guard isView(entry) else { return }
    copied[entry] = true
    layouts[entry] = Layout(base: entry, shape: shape(entry))
  }

  // MARK: Placing

  /// A group an entry could join, with the part it would play there.
  private struct Candidate {
    let group: Int32
    let role: Role
  }

  private mutating func place(_ index: Int) {
    if isView(index) { return }
    if copied[index] {
      let source = sourceOfCopy(index)
      return join(index, [source], count: shape(index).count, candidates([source], index))
    }
    let entry = entries[index]
    switch entry.op.primitive.lowering {
    case .map:
      let target = shape(index)
      let inputs = (0..<entry.count).map { layouts[entry.input($0)].expanded(to: target.dims) }
      join(index, inputs, count: target.count, candidates(inputs, index))
    case .reduce: placeReduction(index)
    case .leaf, .view: break
    case .matmul, .kernel:
      let inputs = (0..<entry.count).map { layouts[entry.input($0)] }
      open(index, inputs, count: shape(index).count, cols: 0, role: .full, isFused: false)
    }
  }

  /// What a copied view copies: its source, read the way the view reads it.
  func sourceOfCopy(_ index: Int) -> Layout {
    let input = entries[index].input(0)
    let source = layouts[input]
    let dims = shape(index).dims
    switch entries[index].op.primitive.lowering {
    case .view(.expand): return source.expanded(to: dims)
    case .view(.permute): return source.permuted(attributes(index))
    case .view(.slice): return source.sliced(attributes(index))
    default: return source.reshaped(to: dims) ?? Layout(base: input, shape: Shape(dims))
    }
  }

  /// The part an input's value plays for a reader in the input's own group, or nil when it
  /// cannot be read there.
  private func role(reading input: Layout) -> Candidate? {
    let place = places[input.base]
    guard place.group >= 0, place.role != .terminal else { return nil }
    let group = groups[Int(place.group)]
    guard group.isFused, group.members.count < Grouping.largestGroup else { return nil }
    let whole = input.count == shape(input.base).count && input.isContiguous && input.offset == 0
    if whole { return Candidate(group: place.group, role: place.role) }
    if place.role == .row, input.offset == 0, input.count == group.count,
      input.runLength == group.cols
    {
      return Candidate(group: place.group, role: .full)
    }
    return nil
  }

  /// Groups of the inputs that an elementwise entry could join, latest first.
  private func candidates(_ inputs: [Layout], _ index: Int) -> [Candidate] {
    var found: [Candidate] = []
    var barred: Set<Int32> = []
    for input in inputs {
      guard places[input.base].group >= 0 else { continue }
      guard let candidate = role(reading: input) else {
        barred.insert(places[input.base].group)
        continue
      }
      if let other = found.first(where: { $0.group == candidate.group }) {
        if other.role != candidate.role { barred.insert(candidate.group) }
      } else {
        found.append(candidate)
      }
    }
    return found.filter { !barred.contains($0.group) }.sorted { $0.group > $1.group }
  }

  /// Puts an elementwise entry into the first candidate that fits, merging others into it.
  private mutating func join(
    _ index: Int, _ inputs: [Layout], count: Int, _ candidates: [Candidate]
  ) {
    let depends = dependencies(inputs)
    for (position, candidate) in candidates.enumerated() {
      let group = Int(candidate.group)
      guard fits(count, candidate), !wouldCycle(group, depends) else { continue }
      add(index, to: group, depends, candidate.role)
      for other in candidates[(position + 1)...] where other.role == candidate.role {
        mergeIfPossible(Int(other.group), into: group)
      }
      return
    }
    open(index, inputs, count: count, cols: 0, role: .full, isFused: true)
  }

  private func fits(_ count: Int, _ candidate: Candidate) -> Bool {
    let group = groups[Int(candidate.group)]
    return candidate.role == .full
      ? group.count == count : group.cols > 0 && group.count == count * group.cols
  }

  private func dependencies(_ inputs: [Layout]) -> [Int] {
    var found: [Int] = []
    for input in inputs {
      let group = Int(places[input.base].group)
      if group >= 0 && !found.contains(group) { found.append(group) }
    }
    return found
  }

  /// Whether a reader of `depends` in `group` would make a group wait for itself.
  private func wouldCycle(_ group: Int, _ depends: [Int]) -> Bool {
    depends.contains { $0 != group && groups[$0].ancestors.contains(group) }
  }

  private mutating func open(
    _ index: Int, _ inputs: [Layout], count: Int, cols: Int, role: Role, isFused: Bool
  ) {
    groups.append(
      Group(count: count, cols: cols, members: [], ancestors: BitSet(), isFused: isFused))
    add(index, to: groups.count - 1, dependencies(inputs), role)
  }

  private mutating func add(_ index: Int, to group: Int, _ depends: [Int], _ role: Role) {
    groups[group].members.append(index)
    places[index] = Place(group: Int32(group), role: role)
    if role == .terminal { groups[group].hasTerminal = true }
    for other in depends where other != group { addAncestor(other, of: group) }
  }

  private mutating func addAncestor(_ ancestor: Int, of group: Int) {
    guard !groups[group].ancestors.contains(ancestor) else { return }
    var gained = groups[ancestor].ancestors
    gained.insert(ancestor)
    groups[group].ancestors.formUnion(gained)
    for other in groups.indices where groups[other].ancestors.contains(group) {
      groups[other].ancestors.formUnion(gained)
    }
  }

  /// Makes one kernel of two that range over the same elements, unless a third stands between.
  private mutating func mergeIfPossible(_ other: Int, into group: Int) {
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
  private func readsInRegisters(_ first: Int, _ second: Int) -> Bool {
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

  private func isReduction(_ index: Int) -> Bool {
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

  private mutating func placeReduction(_ index: Int) {
    let plan = reductionPlan(index)
    let depends = dependencies([plan.input])
    let role: Role = plan.direction == .along ? .row : .terminal
    if let candidate = self.role(reading: plan.input), candidate.role == .full {
      let group = groups[Int(candidate.group)]
      let agrees = plan.cols == 0 || group.cols == 0 || group.cols == plan.cols
      if agrees, group.count == plan.input.count, plan.cols <= Grouping.longestRow,
        !wouldCycle(Int(candidate.group), depends)
      {
        if plan.cols > 0 { groups[Int(candidate.group)].cols = plan.cols }
        return add(index, to: Int(candidate.group), depends, role)
      }
    }
    open(
      index, [plan.input], count: plan.input.count, cols: plan.cols, role: role, isFused: true)
  }
}
