import TensorCore

/// The sum of the gradients of micro-batches, in a flat leaf of its own.
///
/// A plan of each micro-batch carries `adding`; the plan of the step reads `sum` and carries
/// `clearing`.
public final class GradientAccumulator {
  private let handle: Handle

  /// A sum of nothing for a model.
  public init(_ store: ParameterStore) throws {
    handle = Handle(store.graph.empty([store.layout.count], store.dtype))
    try clear()
  }

  /// The sum so far: a leaf as long as the model's flat vector.
  public var sum: Tensor { handle.tensor }

  /// The update of a micro-batch's plan that adds its gradient.
  public func adding(_ gradient: Tensor) throws -> (target: Tensor, value: Tensor) {
    (sum, try sum + gradient)
  }

  /// The update of the step's plan that begins anew.
  public func clearing() throws -> (target: Tensor, value: Tensor) {
    (sum, try sum.graph.full(sum.shape, 0, sum.dtype))
  }

  /// Begins anew at once.
  public func clear() throws {
    _ = try sum.withMutableBytes { $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }
}
