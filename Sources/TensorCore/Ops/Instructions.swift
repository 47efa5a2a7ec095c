import CKernels

/// A straight-line program of vector instructions, being written.
///
/// An operation's lowering emits its scalar instructions into it; the planner adds loads,
/// reductions and expansions around them. Equal instructions on equal operands are computed once.
struct Instructions {
  /// The result of an instruction: an index into `steps`.
  struct Value: Hashable, Sendable {
    let index: Int32
    let dtype: DType
  }

  enum Source: Hashable {
    case map(op: Int32, a: Int32, b: Int32, c: Int32)
    case cast(from: DType, of: Int32)
    /// Several instructions in one pass, by the kernels' number for them.
    case chain(Int32, [Int32])
    /// A number known when the kernel is built, by its bits.
    case constant(UInt64)
    /// A number known when the kernel runs, by its slot.
    case scalar(Int32)
    /// Elements of a buffer, by the index of the load.
    case load(Int32, isRow: Bool)
    /// A row value, each element repeated along its row.
    case expand(of: Int32)
    /// Each row reduced to one element.
    case reduce(ReduceKind, of: Int32)
  }

  /// What a value has one element for.
  enum Extent: UInt8, Comparable {
    /// One number, wherever it is used.
    case uniform
    case row
    case full

    static func < (a: Extent, b: Extent) -> Bool { a.rawValue < b.rawValue }
  }

  struct Step {
    let source: Source
    let dtype: DType
    let extent: Extent
  }

  private(set) var steps: [Step] = []
  private var known: [Key: Value] = [:]

  private struct Key: Hashable {
    let source: Source
    let dtype: DType
  }

  /// Adds an instruction unless the program has it already.
  mutating func append(_ source: Source, _ dtype: DType) -> Value {
    let key = Key(source: source, dtype: dtype)
    if let value = known[key] { return value }
    let value = Value(index: Int32(steps.count), dtype: dtype)
    steps.append(Step(source: source, dtype: dtype, extent: extent(source)))
    known[key] = value
    return value
  }

  /// Drops instructions that no root needs.
  ///
  /// - Parameter roots: Values that are read.
  /// - Returns: The new value of each root.
  mutating func keepOnly(_ roots: [Value]) -> [Value] {
    var isNeeded = [Bool](repeating: false, count: steps.count)
    for root in roots { isNeeded[Int(root.index)] = true }
    for index in steps.indices.reversed() where isNeeded[index] {
      for operand in Instructions.operands(steps[index].source) { isNeeded[Int(operand)] = true }
    }
    var places = [Int32](repeating: -1, count: steps.count)
    let all = steps
    steps = []
    known = [:]
    for (index, step) in all.enumerated() where isNeeded[index] {
      let source = step.source.readingFrom(places)
      places[index] = append(source, step.dtype).index
    }
    return roots.map { Value(index: places[Int($0.index)], dtype: $0.dtype) }
  }

  private func extent(_ source: Source) -> Extent {
    switch source {
    case .constant, .scalar: .uniform
    case .load(_, let isRow): isRow ? .row : .full
    case .expand: .full
    case .reduce: .row
    case .chain: .full
    case .cast, .map: Instructions.operands(source).map { steps[Int($0)].extent }.max() ?? .uniform
    }
  }

  /// The steps an instruction reads.
  static func operands(_ source: Source) -> [Int32] {
    switch source {
    case .constant, .scalar, .load: []
    case .expand(let of), .reduce(_, let of), .cast(_, let of): [of]
    case .map(_, let a, let b, let c): [a, b, c].filter { $0 >= 0 }
    case .chain(_, let operands): operands
    }
  }

  /// An instruction whose operands have one type, which its result has.
  mutating func map(_ op: pk_map_op, _ a: Value, _ b: Value? = nil, _ c: Value? = nil) -> Value {
    if let simpler = simplified(op, a, b) { return simpler }
    if let row = hoisted(op, [a, b, c].compactMap(\.self)) { return row }
    let source = Source.map(
      op: Int32(op.rawValue), a: a.index, b: b?.index ?? -1, c: c?.index ?? -1)
    return append(source, a.dtype)
  }

  /// A comparison or test; its result is bool.
  mutating func test(_ op: pk_map_op, _ a: Value, _ b: Value? = nil) -> Value {
    if op == PK_LT, let b, isZero(b), let opposite = negated(a) { return test(op, b, opposite) }
    return append(.map(op: Int32(op.rawValue), a: a.index, b: b?.index ?? -1, c: -1), .bool)
  }

  /// `yes` where `condition` holds, else `no`.
  mutating func select(_ condition: Value, _ yes: Value, _ no: Value) -> Value {
    let source = Source.map(
      op: Int32(PK_SELECT.rawValue), a: condition.index, b: yes.index, c: no.index)
    return append(source, yes.dtype)
  }

  mutating func cast(_ value: Value, to dtype: DType) -> Value {
    value.dtype == dtype ? value : append(.cast(from: value.dtype, of: value.index), dtype)
  }

  mutating func constant(_ number: Double, _ dtype: DType) -> Value {
    append(.constant(number.bitPattern), dtype)
  }
}

extension Instructions.Source {
  /// The same instruction on operands that have moved.
  func readingFrom(_ places: [Int32]) -> Self {
    func moved(_ operand: Int32) -> Int32 { operand < 0 ? -1 : places[Int(operand)] }
    return switch self {
    case .map(let op, let a, let b, let c): .map(op: op, a: moved(a), b: moved(b), c: moved(c))
    case .cast(let from, let of): .cast(from: from, of: moved(of))
    case .chain(let number, let operands): .chain(number, operands.map(moved))
    case .expand(let of): .expand(of: moved(of))
    case .reduce(let kind, let of): .reduce(kind, of: moved(of))
    case .constant, .scalar, .load: self
    }
  }

  /// The instruction as `--show kernels` prints it.
  var spelled: String {
    switch self {
    case .map(let op, let a, let b, let c):
      let name = pk_map_name(op).map { String(cString: $0).lowercased() } ?? "?"
      let operands = [a, b, c].filter { $0 >= 0 }.map { "r\($0)" }
      return "\(name) \(operands.joined(separator: ", "))"
    case .cast(let from, let of): return "cast r\(of) from \(from.name)"
    case .chain(let number, let operands):
      let postfix = pk_chain_postfix(number).map { String(cString: $0) } ?? "?"
      return "chain \(postfix) \(operands.map { "r\($0)" }.joined(separator: ", "))"
    case .constant(let bits): return "constant \(Double(bitPattern: bits))"
    case .scalar(let slot): return "scalar \(slot)"
    case .load(let load, let isRow): return "load \(load)\(isRow ? " by row" : "")"
    case .expand(let of): return "expand r\(of)"
    case .reduce(let kind, let of): return "reduce \(kind) r\(of)"
    }
  }
}
