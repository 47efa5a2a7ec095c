/// A computation cut out of the graph: its nodes in order, with leaves and scalars numbered.
///
/// Two computations with equal `key`s differ only in the buffers and numbers they read, and can
/// be run by one compiled plan.
struct Trace {
  enum Kind: UInt8 {
    /// Read from the buffer of `leaves[slot]`.
    case leaf
    /// The number of `scalars[slot]`, read at each run.
    case scalar
    /// A number known when compiling: an exact 0 or 1, or what such numbers make.
    case constant
    case computed
  }

  struct Entry {
    var kind: Kind
    var op: OpID
    var dtype: DType
    var count: Int
    /// Interned by the graph.
    var shape: UInt32
    var attributes: UInt32
    var payload: Double
    var inputs: (Int32, Int32, Int32, Int32)
    /// Place in `leaves` or `scalars`.
    var slot: Int32
    /// The script line to blame.
    var origin: UInt32

    func input(_ index: Int) -> Int {
      switch index {
      case 0: Int(inputs.0)
      case 1: Int(inputs.1)
      case 2: Int(inputs.2)
      default: Int(inputs.3)
      }
    }
  }

  var entries: [Entry] = []
  var leaves: [NodeID] = []
  var scalars: [NodeID] = []
  /// Entries whose values are asked for.
  var outputs: [Int32] = []
  /// Leaves (by slot) that take on the value of an entry at the end of a run.
  var updates: [(leaf: Int32, entry: Int32)] = []
  /// Everything a compiled plan depends on.
  var key: [UInt64] = []
  var hash: UInt64 = 0

  mutating func clear() {
    entries.removeAll(keepingCapacity: true)
    leaves.removeAll(keepingCapacity: true)
    scalars.removeAll(keepingCapacity: true)
    outputs.removeAll(keepingCapacity: true)
    updates.removeAll(keepingCapacity: true)
    key.removeAll(keepingCapacity: true)
    hash = 0xcbf2_9ce4_8422_2325
  }

  fileprivate mutating func word(_ word: UInt64) {
    key.append(word)
    hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
    hash ^= hash >> 29
  }
}

extension Graph {
  /// Cuts out what `roots` need, down to realized values and scalars.
  func trace(
    _ roots: [NodeID], updates: [(target: NodeID, value: NodeID)] = [], into trace: inout Trace
  ) {
    trace.clear()
    stamp += 1
    for root in roots { visit(root, &trace) }
    for update in updates {
      visit(update.value, &trace)
      visit(update.target, &trace)
    }
    for root in roots {
      let place = Int32(nodes[Int(root)].place)
      trace.outputs.append(place)
      trace.word(UInt64(place) | 1 << 62)
    }
    for update in updates {
      let leaf = trace.entries[Int(nodes[Int(update.target)].place)].slot
      let entry = Int32(nodes[Int(update.value)].place)
      trace.updates.append((leaf, entry))
      trace.word(UInt64(leaf) << 32 | UInt64(entry) | 1 << 63)
    }
  }

  /// Depth-first, inputs before consumers, no recursion.
  private func visit(_ root: NodeID, _ trace: inout Trace) {
    guard nodes[Int(root)].mark != stamp else { return }
    traversal.append((root, 0))
    while let (id, next) = traversal.last {
      let node = nodes + Int(id)
      if node.pointee.mark == stamp {
        traversal.removeLast()
      } else if node.pointee.storage < 0 && next < Int(node.pointee.inputCount) {
        traversal[traversal.count - 1].next += 1
        let input = node.pointee.input(next)
        if nodes[Int(input)].mark != stamp { traversal.append((input, 0)) }
      } else {
        traversal.removeLast()
        append(id, &trace)
      }
    }
  }

  private func append(_ id: NodeID, _ trace: inout Trace) {
    let node = nodes[Int(id)]
    var entry = Trace.Entry(
      kind: .computed, op: node.op, dtype: node.dtype, count: 0, shape: node.shape,
      attributes: node.attributes, payload: node.payload, inputs: (-1, -1, -1, -1), slot: -1,
      origin: node.origin)
    if node.storage >= 0 {
      entry.kind = .leaf
      entry.slot = Int32(trace.leaves.count)
      trace.leaves.append(id)
    } else if node.op == Leaves.scalar {
      let isFixed = !node.flags.contains(.variable)
      if isFixed && (node.payload == 0 || node.payload == 1) {
        entry.kind = .constant
      } else {
        entry.kind = .scalar
        entry.slot = Int32(trace.scalars.count)
        trace.scalars.append(id)
      }
    } else {
      entry.count = Int(node.inputCount)
      func place(_ index: Int) -> Int32 {
        index < entry.count ? Int32(nodes[Int(node.input(index))].place) : -1
      }
      entry.inputs = (place(0), place(1), place(2), place(3))
    }
    nodes[Int(id)].mark = stamp
    nodes[Int(id)].place = UInt32(trace.entries.count)
    trace.entries.append(entry)
    appendWords(entry, node, &trace)
  }

  /// The entry as the plan cache compares it.
  private func appendWords(_ entry: Trace.Entry, _ node: Node, _ trace: inout Trace) {
    trace.word(
      UInt64(entry.kind.rawValue) | UInt64(entry.dtype.rawValue) << 8 | UInt64(entry.op.row) << 16
        | UInt64(node.shape) << 32)
    switch entry.kind {
    case .constant: trace.word(node.payload.bitPattern)
    case .computed:
      trace.word(UInt64(node.attributes) | UInt64(UInt32(bitPattern: entry.inputs.0)) << 32)
      if entry.count > 1 {
        trace.word(
          UInt64(UInt32(bitPattern: entry.inputs.1))
            | UInt64(UInt32(bitPattern: entry.inputs.2)) << 32)
      }
      if entry.count > 3 { trace.word(UInt64(UInt32(bitPattern: entry.inputs.3))) }
      if node.payload != 0 { trace.word(node.payload.bitPattern) }
    case .leaf, .scalar: break
    }
  }
}
