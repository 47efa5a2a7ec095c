import CKernels

// Rewrites that keep every bit of a result, so that more instructions turn out to be equal: signs
// move outwards and vanish in pairs.
extension Instructions {
  /// What an instruction comes to when a negated operand makes it something simpler.
  mutating func simplified(_ op: pk_map_op, _ a: Value, _ b: Value?) -> Value? {
    let (x, y) = (negated(a), b.flatMap(negated))
    switch (op, x, y) {
    case (PK_NEG, let x?, nil): return x
    case (PK_ABS, let x?, nil): return map(PK_ABS, x)
    case (PK_ADD, _, let y?): return map(PK_SUB, a, y)
    case (PK_SUB, _, let y?): return map(PK_ADD, a, y)
    case (PK_ADD, let x?, nil): return b.map { map(PK_SUB, $0, x) }
    // Rounding is symmetric; the quotient of integers is not.
    case (PK_MUL, let x?, let y?), (PK_DIV, let x?, let y?):
      return a.dtype.isFloating ? map(op, x, y) : nil
    case (PK_MUL, let x?, nil), (PK_DIV, let x?, nil):
      guard a.dtype.isFloating, let b else { return nil }
      return map(PK_NEG, map(op, x, b))
    case (PK_MUL, nil, let y?), (PK_DIV, nil, let y?):
      return a.dtype.isFloating ? map(PK_NEG, map(op, a, y)) : nil
    default: return nil
    }
  }

  /// The instruction on rows, where all it would compute along a row is the same.
  mutating func hoisted(_ op: pk_map_op, _ operands: [Value]) -> Value? {
    var rows: [Value] = []
    var isSpread = false
    for operand in operands {
      if case .expand(let row) = steps[Int(operand.index)].source {
        rows.append(Value(index: row, dtype: operand.dtype))
        isSpread = true
      } else if steps[Int(operand.index)].extent == .uniform {
        rows.append(operand)
      } else {
        return nil
      }
    }
    guard isSpread else { return nil }
    let row = map(op, rows[0], rows.count > 1 ? rows[1] : nil, rows.count > 2 ? rows[2] : nil)
    return append(.expand(of: row.index), row.dtype)
  }

  /// Each row reduced to one element; the sum of negatives is the negative of the sum.
  mutating func reduce(_ kind: ReduceKind, _ value: Value) -> Value {
    if kind == .sum, value.dtype.isFloating, let positive = negated(value) {
      return map(PK_NEG, reduce(kind, positive))
    }
    return append(.reduce(kind, of: value.index), value.dtype)
  }

  /// The value that `value` is the negative of, if it is written so.
  func negated(_ value: Value) -> Value? {
    guard case .map(let op, let a, _, _) = steps[Int(value.index)].source,
      op == Int32(PK_NEG.rawValue)
    else { return nil }
    return Value(index: a, dtype: value.dtype)
  }

  func isZero(_ value: Value) -> Bool {
    guard case .constant(let bits) = steps[Int(value.index)].source else { return false }
    return Double(bitPattern: bits) == 0
  }
}
