/// A computation for every size of batch: what printers print.
public struct Formula: Sendable {
  /// One node, inputs before consumers.
  public struct Node: Sendable {
    /// What a node is.
    enum Content: Sendable {
      case leaf(Recording.Name)
      case number(Extent)
      case values([Double])
      case operation
    }

    var content: Content
    /// The operation's name; `mean` and `squeeze` beside the primitives.
    var op: String
    let dtype: DType
    /// Extents of the result.
    let dims: [Extent]
    var attributes: [Extent]
    let payload: Extent
    var inputs: [Int]
    /// What to call it.
    public var suggestion: String?
    /// The script line that made it, as the graph packs it; 0 when unknown.
    public let origin: UInt32
    /// Greater for nodes made later.
    public let order: UInt32
  }

  /// The nodes; those that nothing needs any more are skipped by printers.
  public internal(set) var nodes: [Node]
  /// The results.
  public let outputs: [Int]
  /// What holds only for some sizes, for people.
  public internal(set) var notes: [String] = []

  /// Joins recordings of one computation at each of `Extent.probes`.
  ///
  /// - Parameters:
  ///   - recordings: one a probe, in that order.
  ///   - smallest: the same at one row, if it could be recorded.
  /// - Throws: `ExportError` where they are different computations, or a number depends on the
  ///   size in no simple way.
  public init(_ recordings: [Recording], smallest: Recording? = nil) throws {
    guard let first = recordings.first, recordings.count == Extent.probes.count,
      recordings.dropFirst().allSatisfy({ Self.isAlike(first, $0) })
    else {
      throw ExportError("it is another computation for each size of batch")
    }
    if first.entries.contains(where: { $0.op == Drawing.uniform || $0.op == Drawing.normal }) {
      throw ExportError("it draws random numbers, which cannot be repeated elsewhere")
    }
    let single = smallest.flatMap { Self.isAlike(first, $0) ? $0 : nil }
    nodes = []
    outputs = first.outputs
    for (place, entry) in first.entries.enumerated() {
      let all = recordings.map { $0.entries[place] }
      nodes.append(try Self.node(entry, all, single?.entries[place]))
    }
    if smallest != nil && single == nil && !Self.dependsOnUnitAxes(first, smallest) {
      notes.append("recorded for batches of two rows or more; one row is computed otherwise")
    }
    simplify()
  }

  private static func isAlike(_ one: Recording, _ other: Recording) -> Bool {
    one.outputs == other.outputs
      && one.entries.elementsEqual(other.entries) {
        $0.op == $1.op && $0.name == $1.name && $0.inputs == $1.inputs && $0.dtype == $1.dtype
          && $0.dims.count == $1.dims.count && ($0.number == nil) == ($1.number == nil)
          && $0.values.count == $1.values.count && $0.attributes.count == $1.attributes.count
      }
  }

  /// At one row, views of extent one are left out of the graph; that changes nothing.
  private static func dependsOnUnitAxes(_ one: Recording, _ other: Recording?) -> Bool {
    let views: Set = ["view_reshape", "view_expand", "view_slice", "view_permute", "pad_constant"]
    func operations(_ recording: Recording?) -> [String] {
      (recording?.entries ?? []).map(\.op.operation.name).filter { !views.contains($0) }
    }
    return operations(one) == operations(other)
  }

  private static func node(
    _ entry: Recording.Entry, _ all: [Recording.Entry], _ single: Recording.Entry?
  ) throws -> Node {
    func extent(_ part: (Recording.Entry) -> Double) throws -> Extent {
      guard var result = Extent.fit(all.map(part)) else {
        throw ExportError(
          "\(entry.op.operation.name) depends on the size of the batch in no simple way: "
            + all.map { "\(part($0))" }.joined(separator: ", "))
      }
      if let one = single.map(part), !result.isFixed {
        let guess = result.value(at: Extent.Size(rows: 1, tokens: Extent.probes[0].tokens))
        if one > guess { result.minimum = one }
      }
      return result
    }
    let content: Node.Content
    if let name = entry.name {
      content = .leaf(name)
    } else if entry.number != nil {
      content = .number(try extent { $0.number ?? 0 })
    } else if !entry.values.isEmpty {
      guard entry.values.count <= 4096, all.allSatisfy({ $0.values == entry.values }) else {
        throw ExportError("it uses a tensor of the script that is too large to write down")
      }
      content = .values(entry.values)
    } else {
      content = .operation
    }
    return Node(
      content: content, op: entry.op.operation.name, dtype: entry.dtype,
      dims: try entry.dims.indices.map { axis in try extent { Double($0.dims[axis]) } },
      attributes: try entry.attributes.indices.map { place in
        try extent { Double($0.attributes[place]) }
      },
      payload: try extent { $0.payload }, inputs: entry.inputs, suggestion: entry.suggestion,
      origin: entry.origin, order: entry.order)
  }

  /// The leaves there are, in the order they are met.
  public var leaves: [Recording.Name] {
    let used = self.used
    return nodes.indices.compactMap { place in
      if case .leaf(let name) = nodes[place].content, used.contains(place) { return name }
      return nil
    }
  }

  /// The nodes that outputs need.
  var used: Set<Int> {
    var result: Set<Int> = []
    var pending = outputs
    while let place = pending.popLast() {
      if result.insert(place).inserted { pending += nodes[place].inputs }
    }
    return result
  }

  /// Gives names to the results of script lines.
  ///
  /// - Parameter names: given the packed line and how many values it made, their names, or nil.
  public mutating func suggest(_ names: (UInt32, Int) -> [String]?) {
    var consumed: Set<Int> = []
    var lines: [UInt32: [Int]] = [:]
    for (place, node) in nodes.enumerated() {
      for input in node.inputs where nodes[input].origin == node.origin { consumed.insert(input) }
      if case .operation = node.content, node.origin != 0 {
        lines[node.origin, default: []].append(place)
      }
    }
    for (origin, places) in lines {
      let roots = places.filter { !consumed.contains($0) }.sorted {
        nodes[$0].order < nodes[$1].order
      }
      guard let found = names(origin, roots.count), found.count == roots.count else { continue }
      for (place, name) in zip(roots, found) where nodes[place].suggestion == nil {
        nodes[place].suggestion = name
      }
    }
  }
}

/// A computation that cannot be written in another language.
public struct ExportError: Error, Equatable, CustomStringConvertible {
  /// What stands in the way.
  public let description: String

  /// - Parameter description: what stands in the way.
  public init(_ description: String) { self.description = description }
}
