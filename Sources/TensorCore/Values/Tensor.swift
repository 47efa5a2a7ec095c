/// A value in a graph, computed or not yet.
///
/// A tensor does not keep its node alive; see `Graph` for how long a bare one may be held, and
/// `Handle` for one that may be kept.
public struct Tensor {
  /// The graph that holds the node.
  public let graph: Graph
  /// The node that computes it.
  public let id: NodeID

  init(_ graph: Graph, _ id: NodeID) {
    self.graph = graph
    self.id = id
  }

  /// The tensor named `id`, which must be a live node of `graph`.
  public init(graph: Graph, id: NodeID) {
    self.graph = graph
    self.id = id
  }

  /// Extents, type and number of axes.
  public var shape: Shape { graph.shape(of: id) }
  public var dtype: DType { graph.nodes[Int(id)].dtype }
  public var rank: Int { shape.rank }
  /// Whether its numbers are there already.
  public var isRealized: Bool { graph.nodes[Int(id)].storage >= 0 }
  /// Number of elements.
  public var count: Int { shape.count }

  /// A 0-based axis that may count from the end, or an error naming the shape.
  func axis(_ axis: Int, _ operation: String) throws -> Int {
    if let resolved = shape.resolve(axis: axis) { return resolved }
    throw TensorError(
      operation, "axis \(axis < 0 ? axis : axis + 1) is not one of the \(rank) of shape \(shape)")
  }
}

/// A tensor that stays alive as long as this object.
public final class Handle {
  /// What is kept alive.
  public let tensor: Tensor

  public init(_ tensor: Tensor) {
    self.tensor = tensor
    tensor.graph.retain(tensor.id)
  }

  deinit {
    tensor.graph.release(tensor.id)
  }
}
