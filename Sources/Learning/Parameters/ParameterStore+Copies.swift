import TensorCore

/// Copies, snapshots and averages of whole models.
extension ParameterStore {
  /// A store of its own with the same numbers.
  ///
  /// - Parameter trainable: whether the copy can be trained; a reference model is frozen.
  /// - Returns: the copy, in the same graph.
  /// - Throws: `TensorError` when there is no memory to copy from.
  public func copy(trainable: Bool) throws -> ParameterStore {
    let copy = try ParameterStore(graph, layout, dtype, isTrainable: trainable)
    try copy.assign(from: self)
    return copy
  }

  /// Overwrites all parameters with those of another store of the same layout.
  ///
  /// - Throws: `LearningError` when the two differ in layout or type.
  public func assign(from other: ParameterStore) throws {
    try requireAlike(other)
    try flat.withMutableBytes { target in
      try other.flat.withMutableBytes { target.copyMemory(from: UnsafeRawBufferPointer($0)) }
    }
  }

  /// The numbers of all parameters, to be restored later.
  public func snapshot() throws -> ParameterSnapshot {
    ParameterSnapshot(bytes: try flat.withMutableBytes { [UInt8]($0) }, dtype: dtype)
  }

  /// Puts back the numbers of a snapshot.
  ///
  /// - Throws: `LearningError` for a snapshot of another size or type.
  public func restore(_ snapshot: ParameterSnapshot) throws {
    guard snapshot.dtype == dtype, snapshot.bytes.count == layout.count * dtype.size else {
      throw LearningError(
        "parameters",
        "a snapshot of \(snapshot.bytes.count / snapshot.dtype.size) "
          + "\(snapshot.dtype.name) numbers does not fit a model of \(layout.count) \(dtype.name)")
    }
    try flat.withMutableBytes { target in
      snapshot.bytes.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }

  /// The update of a plan that moves this store towards another: w + weight (other - w).
  ///
  /// - Parameters:
  ///   - other: the store moved towards, of the same layout.
  ///   - weight: the share of the way, 0 to 1; a 0-d tensor.
  /// - Returns: the leaf of this store and its new value.
  /// - Throws: `LearningError` when the two differ in layout or type.
  public func averaging(
    towards other: ParameterStore, weight: Tensor
  ) throws -> (target: Tensor, value: Tensor) {
    try requireAlike(other)
    return (flat, try flat + (other.flat - flat) * weight)
  }

  private func requireAlike(_ other: ParameterStore) throws {
    guard other.layout.entries.count == layout.entries.count, other.dtype == dtype,
      zip(other.layout.entries, layout.entries).allSatisfy({ $0.shape == $1.shape })
    else {
      throw LearningError(
        "parameters",
        "a model of \(other.layout.count) \(other.dtype.name) parameters is not "
          + "laid out as this one of \(layout.count) \(dtype.name)")
    }
  }
}

/// The numbers of all parameters of a model at one moment.
public struct ParameterSnapshot: Sendable, Hashable {
  let bytes: [UInt8]
  let dtype: DType
}
