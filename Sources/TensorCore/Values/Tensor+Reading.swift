/// Looking at numbers: the moment at which they are computed.
extension Tensor {
  /// The elements in row-major order as `Double`, whatever the type.
  public func doubles() throws -> [Double] {
    switch dtype {
    case .float32: return try read(Float.self).map(Double.init)
    case .float64: return try read(Double.self)
    case .int64: return try read(Int64.self).map(Double.init)
    case .bool: return try read(UInt8.self).map(Double.init)
    }
  }

  /// The elements of a float32 tensor in row-major order.
  public func floats() throws -> [Float] { try exactly(.float32, Float.self) }

  /// The elements of an int64 tensor in row-major order.
  public func integers() throws -> [Int64] { try exactly(.int64, Int64.self) }

  /// The only element, as `Double`.
  public func item() throws -> Double {
    guard count == 1 else {
      throw TensorError("item", "shape \(shape) has \(count) elements, expected one")
    }
    return try doubles()[0]
  }

  private func exactly<Element>(_ expected: DType, _ type: Element.Type) throws -> [Element] {
    guard dtype == expected else {
      throw TensorError("read", "expected \(expected.name), got \(dtype.name) \(shape)")
    }
    return try read(type)
  }

  private func read<Element>(_ type: Element.Type) throws -> [Element] {
    try graph.realize([self])
    guard let address = graph.address(of: id) else {
      throw TensorError("read", "no value for shape \(shape)")
    }
    let start = address.assumingMemoryBound(to: Element.self)
    return Array(UnsafeBufferPointer(start: start, count: count))
  }

  /// Looks at the elements in row-major order, as they lie in memory; nothing is copied.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try graph.realize([self])
    guard let address = graph.address(of: id) else {
      throw TensorError("read", "no value for shape \(shape)")
    }
    return try body(UnsafeRawBufferPointer(start: address, count: count * dtype.size))
  }

  /// Writes into the buffer of a leaf; for loops that fill a batch without allocating.
  ///
  /// The caller must be the only holder of the value: what was computed from it earlier keeps
  /// its numbers only if it has been realized.
  public func withMutableBytes<Result>(
    _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let address = graph.address(of: id) else {
      throw TensorError("write", "shape \(shape) has no value yet")
    }
    return try body(UnsafeMutableRawBufferPointer(start: address, count: count * dtype.size))
  }
}
