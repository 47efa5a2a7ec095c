/// A captured computation as a function: a plan that reads its arguments where they are and
/// writes its results into tensors of their own.
///
/// A call makes one node and takes one pooled buffer for each result, and nothing else.
public final class PlanFunction {
  /// The number of results, equal ones counted again.
  public let resultCount: Int
  private let graph: Graph
  private let plan: Plan
  /// The plan's leaves with the arguments of a call in the places of those captured.
  private var leaves: [NodeID]
  /// For each argument, its place among the leaves, or -1 where nothing depends on it.
  private let places: [Int]
  private var results: [NodeID]

  /// A function of a plan without updates.
  ///
  /// - Parameters:
  ///   - plan: what to run.
  ///   - arguments: leaves of the plan that every call replaces.
  public init(_ plan: Plan, arguments: [Tensor]) {
    self.plan = plan
    graph = plan.graph
    leaves = plan.leaves
    places = arguments.map { argument in plan.leaves.firstIndex(of: argument.id) ?? -1 }
    results = plan.distinct
    resultCount = plan.outputs.count
  }

  /// Puts a tensor in the place of an argument; it must have a value, of the captured shape and
  /// type.
  public func bind(_ argument: Int, to id: NodeID) {
    if places[argument] >= 0 { leaves[places[argument]] = id }
  }

  /// Computes.
  ///
  /// - Parameter give: receives each result, a new node that nothing holds yet.
  /// - Throws: `TensorError` for an index out of range, naming the script line.
  public func run(_ give: (NodeID) throws -> Void) throws {
    let bytes = plan.compiled.outputs.reduce(0) { $0 + $1.bytes }
    try graph.requireMemory(bytes, for: "jit")
    for index in results.indices { results[index] = graph.emptyLike(plan.distinct[index]) }
    try graph.execute(
      plan.compiled, leaves: leaves, scalars: plan.scalars, outputs: results)
    for place in plan.compiled.outputIndex { try give(results[place]) }
  }
}

extension Graph {
  /// A value of undefined contents, of the shape and type of another.
  fileprivate func emptyLike(_ id: NodeID) -> NodeID {
    let (dtype, shape) = (nodes[Int(id)].dtype, nodes[Int(id)].shape)
    let made = add(Leaves.value, dtype, shape: shape)
    let storage = memory.allocate(bytes: shapes[Int(shape)].count * dtype.size)
    setValue(made, storage: storage)
    memory.release(storage)
    return made
  }
}
