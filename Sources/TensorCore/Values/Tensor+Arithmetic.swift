/// The operations that Swift code spells out; scripts reach all of them through `Catalogue`.
extension Tensor {
  func apply(_ op: OpID, _ b: Tensor? = nil, _ c: Tensor? = nil) throws -> Tensor {
    Tensor(graph, try graph.emit(op, id, b?.id, c?.id))
  }

  /// The primitive called `name` of this tensor and `others`; for code that loops over rows.
  public func apply(_ name: String, _ b: Tensor? = nil, _ c: Tensor? = nil) throws -> Tensor {
    guard let op = Catalogue.rows[name] else {
      throw TensorError(name, "there is no such operation")
    }
    return try apply(op, b, c)
  }

  /// A number of this tensor's type; as weakly typed as this tensor.
  public func like(_ number: Double) -> Tensor {
    let isWeak = graph.nodes[Int(id)].flags.contains(.weak)
    return isWeak ? graph.weak(number) : graph.scalar(number, dtype)
  }

  private static let add = OpID("add")
  private static let sub = OpID("sub")
  private static let mul = OpID("mul")
  private static let div = OpID("div")
  private static let neg = OpID("neg")

  public static func + (x: Tensor, y: Tensor) throws -> Tensor { try x.apply(add, y) }
  public static func - (x: Tensor, y: Tensor) throws -> Tensor { try x.apply(sub, y) }
  public static func * (x: Tensor, y: Tensor) throws -> Tensor { try x.apply(mul, y) }
  public static func / (x: Tensor, y: Tensor) throws -> Tensor { try x.apply(div, y) }
  public static prefix func - (x: Tensor) throws -> Tensor { try x.apply(neg) }

  public static func + (x: Tensor, y: Double) throws -> Tensor { try x + x.like(y) }
  public static func - (x: Tensor, y: Double) throws -> Tensor { try x - x.like(y) }
  public static func * (x: Tensor, y: Double) throws -> Tensor { try x * x.like(y) }
  public static func / (x: Tensor, y: Double) throws -> Tensor { try x / x.like(y) }
  public static func + (x: Double, y: Tensor) throws -> Tensor { try y.like(x) + y }
  public static func - (x: Double, y: Tensor) throws -> Tensor { try y.like(x) - y }
  public static func * (x: Double, y: Tensor) throws -> Tensor { try y.like(x) * y }
  public static func / (x: Double, y: Tensor) throws -> Tensor { try y.like(x) / y }

  /// The same numbers in another type.
  public func cast(to dtype: DType) throws -> Tensor {
    if self.dtype == dtype { return self }
    return Tensor(graph, try graph.emit(Leaves.cast, id, attributes: [Int(dtype.rawValue)]))
  }

  /// This tensor, held constant by every derivative.
  public func stopGradient() throws -> Tensor { try apply(Leaves.stopGradient) }
}
