/// A captured computation, compiled once and run many times.
///
/// A plan reads the current contents of the leaves it was captured from (`Graph.empty`,
/// `Graph.parameter`, `Graph.tensor`) and the current numbers of its hyperparameters; so a loop
/// writes a batch into leaves, sets the hyperparameters, and runs. After the first run of a plan
/// nothing is allocated.
public final class Plan {
  /// The results, as leaves that every run overwrites; one for each captured output.
  public let outputs: [Tensor]
  private let graph: Graph

  init(graph: Graph, outputs: [Tensor]) {
    self.graph = graph
    self.outputs = outputs
  }

  /// Computes the outputs and then writes the updates into their targets.
  ///
  /// - Throws: `TensorError` for an index out of range, naming the script line.
  public func run() throws {
    throw TensorError("plan", "the engine is being built")
  }
}

extension Graph {
  /// Compiles the computation of `outputs` and of `updates`.
  ///
  /// - Parameters:
  ///   - outputs: Tensors to compute; each run overwrites `Plan.outputs`.
  ///   - updates: Leaves that take on a new value, of their shape and type, at the end of a run.
  public func compile(
    outputs: [Tensor], updates: [(target: Tensor, value: Tensor)] = []
  ) throws -> Plan {
    throw TensorError("plan", "the engine is being built")
  }

  /// Computes the values of `tensors` that are not known yet.
  public func realize(_ tensors: [Tensor]) throws {
    throw TensorError("realize", "the engine is being built")
  }

  /// Changes the number that a `hyperparameter` holds; plans read it at their next run.
  public func set(_ hyperparameter: Tensor, to number: Double) {
    nodes[Int(hyperparameter.id)].payload = number
  }
}
