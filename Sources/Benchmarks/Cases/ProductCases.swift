import TensorCore

/// Products of square matrices, as a plan runs them.
enum ProductCases {
  static let all = [16, 32, 64, 128, 256, 512, 1024].map(made)

  private static func made(extent: Int) -> BenchmarkCase {
    var made = BenchmarkCase(
      "product/\(extent)", "matrix product into a buffer that is there",
      sizes: "[\(extent), \(extent)] twice"
    ) { threads in
      let graph = Graph(threads: threads)
      let numbers = PlainNumbers(graph)
      let left = try numbers.floats([extent, extent])
      let right = try numbers.floats([extent, extent])
      let plan = try graph.compile(outputs: [left.tensor.matmul(right.tensor)])
      graph.sweep()
      return PreparedWork(graph: graph) { try plan.run() }
    }
    let count = Double(extent)
    made.work = NecessaryWork(operations: 2 * count * count * count, bytes: 12 * count * count)
    made.isCounted = extent == 16 || extent == 64 || extent == 512
    let ratio = extent <= 32 ? 2 : extent == 64 ? 1 : 0.95
    made.targets = [.faster(ratio, than: .eager)]
    return made
  }
}
