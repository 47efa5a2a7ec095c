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
