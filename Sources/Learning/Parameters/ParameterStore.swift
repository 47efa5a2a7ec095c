import TensorCore

/// The numbers of one model: all its parameters in one flat leaf of one type.
///
/// Individual parameters are views of that leaf. The store keeps the leaf alive; it belongs to the
/// thread of its graph.
public final class ParameterStore {
  /// The graph the leaf belongs to.
  public let graph: Graph
  /// Which parameters, and where each lies.
  public let layout: ParameterLayout
  /// The type of every parameter.
  public let dtype: DType
  /// Whether derivatives may be asked for; a frozen copy costs no backward pass.
  public let isTrainable: Bool
  /// All parameters end to end: a leaf of shape `[layout.count]`.
  public var flat: Tensor { handle.tensor }
  private let handle: Handle

  /// Room for the parameters of a layout, all zero.
  ///
  /// - Parameters:
  ///   - graph: the graph the leaf belongs to.
  ///   - layout: which parameters.
  ///   - dtype: float32 or float64.
  ///   - isTrainable: whether derivatives may be asked for.
  /// - Throws: `LearningError` for a type that is not floating-point.
  public init(
    _ graph: Graph, _ layout: ParameterLayout, _ dtype: DType = .float32, isTrainable: Bool = true
  ) throws {
    guard dtype.isFloating else {
      throw LearningError("parameters", "\(dtype.name) parameters cannot be trained")
    }
    self.graph = graph
    self.layout = layout
    self.dtype = dtype
    self.isTrainable = isTrainable
    let shape: Shape = [layout.count]
    handle = Handle(isTrainable ? graph.parameter(shape, dtype) : graph.empty(shape, dtype))
    _ = try flat.withMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  /// Gives every parameter its initial value.
  ///
  /// The numbers of a parameter depend on the seed and its name alone.
  ///
  /// - Parameter seed: any number.
  /// - Throws: `TensorError` when the numbers cannot be drawn.
  public func initialize(seed: UInt64) throws {
    let stream = RandomStream(seed: seed, name: "parameters")
    for entry in layout.entries where entry.shape.count > 0 {
      var key = stream.child(entry.name)
      try write(initialValues(entry, key: key.nextUInt64()), at: entry)
    }
  }

  private func initialValues(_ entry: ParameterLayout.Entry, key: UInt64) throws -> Tensor {
    switch entry.initial {
    case .constant(let number):
      return try graph.full(entry.shape, number, dtype)
    case .normal(let deviation):
      let step = graph.scalar(0, .int64)
      return try graph.random(
        entry.shape, normal: true, dtype, key: key, site: 0, step: step) * deviation
    case .uniform(let bound):
      let step = graph.scalar(0, .int64)
      let unit = try graph.random(
        entry.shape, normal: false, dtype, key: key, site: 0, step: step)
      return try (unit * 2 - 1) * bound
    }
  }

  private func write(_ values: Tensor, at entry: ParameterLayout.Entry) throws {
    let kept = Handle(values)
    try graph.realize([kept.tensor])
    try kept.tensor.withMutableBytes { source in
      try bytes(of: entry) { $0.copyMemory(from: UnsafeRawBufferPointer(source)) }
    }
  }

  /// The memory of one parameter.
  private func bytes<Result>(
    of entry: ParameterLayout.Entry, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) throws -> Result {
    try flat.withMutableBytes { all in
      let start = entry.offset * dtype.size
      let part = all[start..<start + entry.shape.count * dtype.size]
      return try body(UnsafeMutableRawBufferPointer(rebasing: part))
    }
  }

  // MARK: Numbers in and out

  /// The numbers of a parameter in row-major order.
  public func values(of parameter: Parameter) throws -> [Double] {
    try bytes(of: layout[parameter]) { bytes in
      dtype == .float32
        ? bytes.bindMemory(to: Float.self).map(Double.init)
        : Array(bytes.bindMemory(to: Double.self))
    }
  }

  /// Overwrites a parameter with numbers in row-major order.
  ///
  /// - Throws: `LearningError` when their count does not fit.
  public func set(_ parameter: Parameter, to values: [Double]) throws {
    let entry = layout[parameter]
    guard values.count == entry.shape.count else {
      throw LearningError(
        "parameters", "\(values.count) numbers do not fill \"\(entry.name)\" \(entry.shape)")
    }
    try bytes(of: entry) { bytes in
      if dtype == .float32 {
        for (target, value) in zip(bytes.bindMemory(to: Float.self).indices, values) {
          bytes.bindMemory(to: Float.self)[target] = Float(value)
        }
      } else {
        values.withUnsafeBytes { bytes.copyMemory(from: $0) }
      }
    }
  }

  /// The memory of a parameter, for writers of model files.
  public func withBytes<Result>(
    of parameter: Parameter, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try bytes(of: layout[parameter]) { try body(UnsafeRawBufferPointer($0)) }
  }
}
