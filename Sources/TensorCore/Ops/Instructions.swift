import CKernels

/// A straight-line program of scalar instructions, being written for one elementwise operation.
///
/// An operation's lowering emits into it; the planner strings the programs of a fused kernel
/// together, so that equal instructions on equal operands are computed once.
struct Instructions {
  /// The result of an instruction or an operand: an index into `steps`.
  struct Value: Hashable, Sendable {
    let index: Int32
    let dtype: DType
  }

  /// One scalar instruction, or a source of values.
  enum Source: Hashable {
    case map(op: Int32, a: Int32, b: Int32, c: Int32)
    case cast(from: DType, of: Int32)
    /// A number known when the kernel is built.
    case constant(UInt64)
    /// An operand that comes from outside the program; the number tells which.
    case operand(Int32)
  }

  private(set) var steps: [(source: Source, dtype: DType)] = []
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
    steps.append((source, dtype))
    known[key] = value
    return value
  }

  /// An instruction whose operands have one type, which its result has.
  mutating func map(_ op: pk_map_op, _ a: Value, _ b: Value? = nil, _ c: Value? = nil) -> Value {
    let source = Source.map(
      op: Int32(op.rawValue), a: a.index, b: b?.index ?? -1, c: c?.index ?? -1)
    return append(source, a.dtype)
  }

  /// A comparison or test; its result is bool.
  mutating func test(_ op: pk_map_op, _ a: Value, _ b: Value? = nil) -> Value {
    append(.map(op: Int32(op.rawValue), a: a.index, b: b?.index ?? -1, c: -1), .bool)
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
