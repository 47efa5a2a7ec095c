/// Turns a trace into a compiled plan: simplify, cut into kernels, order, place in memory.
struct Planner {
  private let graph: Graph
  private let trace: Trace
  private let grouping: Grouping
  private let plan: CompiledPlan
  private let outputs: [Int]
  private let updates: [(leaf: Int32, entry: Int)]
  /// Entries that need a buffer.
  private var stored: [Bool]
  private var slots: [Int32]
  private var order: [Int] = []
  /// Place of each group in `order`.
  private var position: [Int]
  private var inPlace: Set<Int> = []
  private var lifetimes: [Arena.Lifetime] = []

  static func compile(_ trace: Trace, _ graph: Graph) -> CompiledPlan {
    var planner = Planner(trace, graph)
    planner.build()
    return planner.plan
  }

  private init(_ trace: Trace, _ graph: Graph) {
    self.graph = graph
    self.trace = trace
    var simplified = Simplified(trace, graph)
    var copies: [Int: Int] = [:]
    func computed(_ entry: Int32) -> Int {
      let place = Int(simplified.places[Int(entry)])
      if simplified.entries[place].kind == .computed { return place }
      if let copy = copies[place] { return copy }
      let copy = simplified.copy(of: place)
      copies[place] = copy
      return copy
    }
    outputs = trace.outputs.map(computed)
    updates = trace.updates.map { ($0.leaf, computed($0.entry)) }
    grouping = Grouping(
      simplified, outputs: outputs + updates.map(\.entry), shapes: graph.shapes,
      attributes: graph.attributeLists)
    plan = CompiledPlan(key: trace.key, leafCount: trace.leaves.count)
    stored = .init(repeating: false, count: grouping.entries.count)
    slots = .init(repeating: -1, count: grouping.entries.count)
    position = .init(repeating: -1, count: grouping.groups.count)
  }

  private mutating func build() {
    findOrder()
    findStored()
    assignLeaves()
    assignOutputs()
    assignUpdates()
    assignArena()
    for group in order { emit(group) }
    for update in updates where slots[update.entry] != update.leaf {
      let bytes = bytes(update.entry)
      plan.steps.append(.copy(from: slots[update.entry], to: update.leaf, bytes: bytes))
      plan.notes.append("copy \(bytes) bytes into an updated leaf")
    }
    plan.hasUpdates = !updates.isEmpty
    let (offsets, total) = Arena.place(lifetimes)
    plan.arena = zip(lifetimes, offsets).map { ($0.slot, $1) }
    plan.arenaBytes = total
  }

  private func bytes(_ entry: Int) -> Int {
    grouping.shape(entry).count * grouping.entries[entry].dtype.size
  }

  // MARK: Order

  private func inputs(of entry: Int) -> [Layout] {
    let node = grouping.entries[entry]
    if grouping.copied[entry] { return grouping.inputs(of: entry) }
    switch node.op.primitive.lowering {
    case .map, .reduce: return grouping.inputs(of: entry)
    case .leaf, .view, .matmul, .kernel:
      return (0..<node.count).map { grouping.layouts[node.input($0)] }
    }
  }

  private func dependencies(_ group: Int) -> [Int] {
    var found: [Int] = []
    for member in grouping.groups[group].members {
      for input in inputs(of: member) {
        let other = Int(grouping.places[input.base].group)
        if other >= 0 && other != group { found.append(other) }
      }
    }
    return found
  }

  /// Groups so that each comes after what it reads, otherwise as the script wrote them.
  private mutating func findOrder() {
    let live = grouping.groups.indices.filter { !grouping.groups[$0].members.isEmpty }
      .sorted { grouping.groups[$0].members[0] < grouping.groups[$1].members[0] }
    var state = [UInt8](repeating: 0, count: grouping.groups.count)
    for root in live where state[root] == 0 {
      var stack = [root]
      while let group = stack.last {
        if state[group] == 0 {
          state[group] = 1
          stack += dependencies(group).filter { state[$0] == 0 }
        } else {
          stack.removeLast()
          if state[group] == 1 {
            state[group] = 2
            position[group] = order.count
            order.append(group)
          }
        }
      }
    }
  }

  // MARK: Buffers

  private mutating func findStored() {
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

  private mutating func assignLeaves() {
    for (entry, node) in grouping.entries.enumerated() where node.kind == .leaf {
      slots[entry] = node.slot
    }
  }

  private mutating func assignOutputs() {
    for entry in outputs {
      if slots[entry] < 0 {
        slots[entry] = newSlot()
        plan.outputs.append((slots[entry], bytes(entry)))
      }
      let slot = slots[entry]
      plan.outputIndex.append(plan.outputs.firstIndex { $0.slot == slot } ?? 0)
    }
  }

  private mutating func newSlot() -> Int32 {
    plan.slotCount += 1
    return Int32(plan.slotCount - 1)
  }

  /// An update is computed in the leaf's own buffer when nothing reads the old value later or
  /// elsewhere in the same kernel.
  private mutating func assignUpdates() {
    for update in updates where slots[update.entry] < 0 {
      let place = grouping.places[update.entry]
      let group = Int(place.group)
      guard grouping.groups[group].isFused, place.role == .full,
        order.allSatisfy({ reads($0, leaf: update.leaf, noLaterThan: group) })
      else { continue }
      slots[update.entry] = update.leaf
      inPlace.insert(update.entry)
    }
  }

  private func reads(_ reader: Int, leaf: Int32, noLaterThan group: Int) -> Bool {
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

  private mutating func assignArena() {
    var last = [Int](repeating: -1, count: grouping.entries.count)
    for (place, group) in order.enumerated() {
      for member in grouping.groups[group].members {
        for input in inputs(of: member) { last[input.base] = place }
      }
    }
    for update in updates { last[update.entry] = order.count }
    for (place, group) in order.enumerated() {
      for member in grouping.groups[group].members where stored[member] && slots[member] < 0 {
        slots[member] = newSlot()
        lifetimes.append(
          Arena.Lifetime(
            slot: slots[member], bytes: bytes(member), first: place,
            last: max(last[member], place)))
      }
    }
  }

  private mutating func temporary(_ bytes: Int, at group: Int) -> Int32 {
    let slot = newSlot()
    lifetimes.append(
      Arena.Lifetime(slot: slot, bytes: bytes, first: position[group], last: position[group]))
    return slot
  }

  // MARK: Steps

  private mutating func emit(_ group: Int) {
    let members = grouping.groups[group].members
    if grouping.groups[group].isFused {
      return grouping.groups[group].count == 0 ? emitEmpty(members) : emitFused(group)
    }
    let entry = members[0]
    if bytes(entry) == 0 { return }
    switch grouping.entries[entry].op.primitive.lowering {
    case .matmul: emitProduct(entry)
    case .kernel(let kind): emitNamed(entry, kind, group)
    case .leaf, .map, .reduce, .view: preconditionFailure("only fused groups hold these")
    }
    plan.notes.append(
      "\(grouping.entries[entry].op.operation.name) -> \(grouping.shape(entry))")
  }

  private mutating func emitFused(_ group: Int) {
    let program = FusedProgram(group, grouping, stored: stored)
    let blocking = Blocking(program)
    let partials = program.terminals.map { terminal in
      let pieces = terminal.width > 1 ? blocking.chunks : blocking.blocks
      return temporary(pieces * terminal.width * terminal.value.dtype.size, at: group)
    }
    let build = FusedKernelBuild(
      program, slot: { slots[$0] }, isInPlace: { inPlace.contains($0) }, partialSlots: partials)
    let kernel = FusedKernel(build)
    plan.scratchBytes = max(plan.scratchBytes, kernel.scratchBytes)
    plan.steps.append(.fused(kernel))
    plan.programs.append(program)
    let names = grouping.groups[group].members.map { grouping.entries[$0].op.operation.name }
    plan.notes.append(
      "fused \(program.count)\(program.cols > 0 ? " in rows of \(program.cols)" : "")"
        + ": \(names.joined(separator: " "))")
  }

  /// Kernels over no elements: reductions still have results.
  private mutating func emitEmpty(_ members: [Int]) {
    for entry in members where stored[entry] && bytes(entry) > 0 {
      let node = grouping.entries[entry]
      guard case .reduce(let kind) = node.op.primitive.lowering else { continue }
      plan.steps.append(
        .neutral(kind, node.dtype, slot: slots[entry], count: grouping.shape(entry).count))
      plan.notes.append("\(node.op.operation.name) of no elements")
    }
  }

  private mutating func emitProduct(_ entry: Int) {
    let node = grouping.entries[entry]
    let flags = grouping.attributes(entry)
    let (a, b) = (grouping.layouts[node.input(0)], grouping.layouts[node.input(1)])
    let dims = grouping.shape(entry).dims
    guard
      let left = MatrixOperand(a, transposed: flags[0] == 1, slot: slots[a.base]),
      let right = MatrixOperand(b, transposed: flags[1] == 1, slot: slots[b.base])
    else { preconditionFailure("operands of products lie in rows") }
    let rank = dims.count
    let k = flags[0] == 1 ? a.dims[rank - 2] : a.dims[rank - 1]
    if k == 0 {
      plan.steps.append(
        .neutral(.sum, node.dtype, slot: slots[entry], count: grouping.shape(entry).count))
      return
    }
    plan.steps.append(
      .product(
        ProductStep(
          left, right, output: slots[entry], node.dtype, m: dims[rank - 2], n: dims[rank - 1],
          k: k)))
  }

  private mutating func emitNamed(_ entry: Int, _ kind: KernelKind, _ group: Int) {
    let node = grouping.entries[entry]
    let inputs = (0..<node.count).map { position -> NamedStep.Operand in
      let layout = grouping.layouts[node.input(position)]
      let source = grouping.entries[layout.base]
      return NamedStep.Operand(
        slot: slots[layout.base], offset: layout.offset,
        shape: grouping.shape(node.input(position)), dtype: source.dtype,
        scalar: source.kind == .scalar ? source.slot : -1, number: source.payload)
    }
    let scratch = inputs.first.map { NamedStep.scratchBytes(kind, $0.shape) } ?? 0
    plan.steps.append(
      .named(
        NamedStep(
          kind: kind, operation: node.op.operation.name, inputs: inputs, output: slots[entry],
          shape: grouping.shape(entry), dtype: node.dtype,
          attributes: grouping.attributes(entry), payload: node.payload,
          scratch: scratch > 0 ? temporary(scratch, at: group) : -1, origin: node.origin)))
  }
}
