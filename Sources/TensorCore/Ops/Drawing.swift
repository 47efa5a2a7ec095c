/// Random numbers: counter-based, so that they depend on the stream, the draw site, the step
/// and the element alone.
enum Drawing {
  static let uniform = OpID("random_uniform")
  static let normal = OpID("random_normal")

  /// Input: the step, a 0-d number. Attributes: dtype, stream key, draw site, extents.
  static let operations: [Operation] = [
    Indexing.inner(
      "random_uniform", "Uniform numbers in [0, 1).", ["step"], .randomUniform, result: drawn),
    Indexing.inner(
      "random_normal", "Standard normal numbers.", ["step"], .randomNormal, result: drawn),
  ]

  private static let drawn: @Sendable (Primitive.Inputs) throws -> (Shape, DType) = {
    (Shape(Array($0.attributes.dropFirst(3))), DType(rawValue: UInt8($0.attributes[0])) ?? .float32)
  }
}

extension Graph {
  /// Numbers of the stream `key` at draw site `site` and at `step`, a 0-d tensor that a captured
  /// plan may change from run to run.
  public func random(
    _ shape: Shape, normal: Bool, _ dtype: DType = .float32, key: UInt64, site: Int, step: Tensor
  ) throws -> Tensor {
    let attributes = [Int(dtype.rawValue), Int(bitPattern: UInt(key)), site] + shape.dims
    let op = normal ? Drawing.normal : Drawing.uniform
    return Tensor(self, try emit(op, step.id, attributes: attributes))
  }
}
