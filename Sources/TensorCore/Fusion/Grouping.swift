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
  var groups: [Group] = []
  var places: [Place]
  /// How to read each entry; views read the buffer of their base.
  var layouts: [Layout]
  /// Views that are copied out, because no strides can say them.
  var copied: [Bool]
  var needed: [Bool]

  /// - Throws: `ExecutionStopped`: large graphs take a while to cut.
  init(
    _ simplified: Simplified, outputs: [Int], shapes: [Shape], attributes: [[Int]],
    _ stop: (() -> Bool)?
  ) throws {
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
      if let stop, stop() { throw ExecutionStopped() }
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

  mutating func findNeeded(_ outputs: [Int]) {
    var stack = outputs
    while let entry = stack.popLast() {
      if needed[entry] { continue }
      needed[entry] = true
      for index in 0..<entries[entry].count { stack.append(entries[entry].input(index)) }
    }
  }
}
