/// Comparisons, choices and other elementwise operations of several operands.
extension Tensor {
  /// The larger of two, elementwise; ties halve the derivative.
  public func maximum(_ y: Tensor) throws -> Tensor { try apply(Primitives.maximum, y) }

  /// The smaller of two, elementwise; ties halve the derivative.
  public func minimum(_ y: Tensor) throws -> Tensor { try apply(Primitives.minimum, y) }

  /// log(e to the x + e to the y) without overflow.
  public func logAddExp(_ y: Tensor) throws -> Tensor { try apply(Primitives.logaddexp, y) }

  /// The quotient rounded down.
  public func floorDivide(_ y: Tensor) throws -> Tensor { try apply(Primitives.floorDivide, y) }

  /// What floor division leaves.
  public func remainder(_ y: Tensor) throws -> Tensor { try apply(Primitives.remainder, y) }

  /// Whether equal, elementwise.
  public func eq(_ y: Tensor) throws -> Tensor { try apply(Primitives.eq, y) }

  /// Whether different, elementwise.
  public func ne(_ y: Tensor) throws -> Tensor { try apply(Primitives.ne, y) }

  /// Whether less, elementwise.
  public func lt(_ y: Tensor) throws -> Tensor { try apply(Primitives.lt, y) }

  /// Whether less or equal, elementwise.
  public func le(_ y: Tensor) throws -> Tensor { try apply(Primitives.le, y) }

  /// Whether greater, elementwise.
  public func gt(_ y: Tensor) throws -> Tensor { try apply(Primitives.gt, y) }

  /// Whether greater or equal, elementwise.
  public func ge(_ y: Tensor) throws -> Tensor { try apply(Primitives.ge, y) }

  /// Whether both hold.
  public func and(_ y: Tensor) throws -> Tensor { try apply(Primitives.logicalAnd, y) }

  /// Whether either holds.
  public func or(_ y: Tensor) throws -> Tensor { try apply(Primitives.logicalOr, y) }

  /// Whether just one holds.
  public func xor(_ y: Tensor) throws -> Tensor { try apply(Primitives.logicalXor, y) }

  /// Whether equal, elementwise.
  public func eq(_ y: Double) throws -> Tensor { try eq(like(y)) }

  /// Whether different, elementwise.
  public func ne(_ y: Double) throws -> Tensor { try ne(like(y)) }

  /// Whether less, elementwise.
  public func lt(_ y: Double) throws -> Tensor { try lt(like(y)) }

  /// Whether less or equal, elementwise.
  public func le(_ y: Double) throws -> Tensor { try le(like(y)) }

  /// Whether greater, elementwise.
  public func gt(_ y: Double) throws -> Tensor { try gt(like(y)) }

  /// Whether greater or equal, elementwise.
  public func ge(_ y: Double) throws -> Tensor { try ge(like(y)) }

  /// `yes` where this bool tensor holds, else `no`.
  public func `where`(_ yes: Tensor, else no: Tensor) throws -> Tensor {
    try apply(Primitives.choice, yes, no)
  }

  /// This tensor, but `value` where the bool `mask` holds.
  public func maskedFill(_ mask: Tensor, _ value: Double) throws -> Tensor {
    try mask.where(like(value), else: self)
  }
}
