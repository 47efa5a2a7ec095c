/// A computation copied out of the graph at one size of batch, with its inputs named.
public struct Recording {
  /// What a leaf of the computation stands for.
  public enum Name: Hashable, Sendable {
    /// A tensor of the batch, by its path, such as `chosen.log_prob`.
    case input(String)
    /// A real parameter of a method.
    case parameter(String)
    /// A number kept from batch to batch.
    case state(String)
  }

  /// One node, inputs before consumers.
  struct Entry {
    let op: OpID
    let name: Name?
    /// A number known when the computation was recorded.
    let number: Double?
    /// The elements of a tensor that the script brought along.
    let values: [Double]
    let dtype: DType
    let dims: [Int]
    let attributes: [Int]
    let payload: Double
    let inputs: [Int]
    /// Where a script made it, and in which order nodes came to be.
    let origin: UInt32
    let order: NodeID
    /// What a caller called it.
    let suggestion: String?
  }

  var entries: [Entry] = []
  var outputs: [Int] = []

  /// Copies what `outputs` need.
  ///
  /// - Parameters:
  ///   - outputs: the results, in the order they are wanted.
  ///   - named: tensors that stay leaves, and what they are.
  ///   - suggestions: readable names of other tensors.
  /// - Throws: `TensorError` where a number cannot be computed.
  public init(
    _ outputs: [Tensor], named: [(Name, Tensor)], suggestions: [(String, Tensor)] = []
  ) throws {
    guard let graph = outputs.first?.graph else { return }
    let names = Dictionary(named.map { ($1.id, $0) }) { first, _ in first }
    let hints = Dictionary(suggestions.map { ($1.id, $0) }) { first, _ in first }
    var places: [NodeID: Int] = [:]
    for output in outputs {
      var pending: [(id: NodeID, next: Int)] = [(output.id, 0)]
      while let (id, next) = pending.last {
        let node = graph.nodes[Int(id)]
        let isLeaf = names[id] != nil
        if places[id] != nil {
          pending.removeLast()
        } else if !isLeaf && next < Int(node.inputCount) {
          pending[pending.count - 1].next += 1
          pending.append((node.input(next), 0))
        } else {
          pending.removeLast()
          places[id] = entries.count
          let inputs =
            isLeaf ? [] : (0..<Int(node.inputCount)).compactMap { places[node.input($0)] }
          entries.append(try entry(graph, id, names[id], inputs, hints[id]))
        }
      }
      self.outputs.append(places[output.id] ?? 0)
    }
  }

  private func entry(
    _ graph: Graph, _ id: NodeID, _ name: Name?, _ inputs: [Int], _ suggestion: String?
  ) throws -> Entry {
    let node = graph.nodes[Int(id)]
    let tensor = Tensor(graph, id)
    var number: Double?
    var values: [Double] = []
    if name == nil {
      if node.op == Leaves.scalar {
        number = node.payload
      } else if inputs.isEmpty && node.storage >= 0 {
        values = try tensor.doubles()
      } else if tensor.rank == 0, !inputs.isEmpty, node.op.primitive.isPure,
        inputs.allSatisfy({ entries[$0].number != nil })
      {
        number = try tensor.item()
      }
    }
    return Entry(
      op: node.op, name: name, number: number, values: values, dtype: node.dtype,
      dims: tensor.shape.dims, attributes: graph.attributes(of: id), payload: node.payload,
      inputs: number == nil ? inputs : [], origin: node.origin, order: id,
      suggestion: suggestion)
  }
}

extension Primitive {
  /// Whether equal operands always give the same number.
  fileprivate var isPure: Bool {
    if case .kernel(let kind) = lowering {
      return kind != .randomNormal && kind != .randomUniform
    }
    return true
  }
}
