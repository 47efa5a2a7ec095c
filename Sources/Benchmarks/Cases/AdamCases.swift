import Learning
import TensorCore

/// Updates of one long vector of parameters.
enum AdamCases {
  static let all = [1_000_000, 10_000_000].map(made)

  private static func made(count: Int) -> BenchmarkCase {
    var made = BenchmarkCase(
      "adam/\(count)", "one Adam step, the gradient being there", sizes: "[\(count)]"
    ) { try prepare(count, threads: $0) }
    // Parameter and two moments read and written, the gradient read.
    made.work.bytes = 28 * Double(count)
    made.isCounted = count == 1_000_000
    made.targets = [.faster(1, than: .eager)] + (made.isCounted ? [] : [.share(0.8)])
    return made
  }

  private static func prepare(_ count: Int, threads: Int) throws -> PreparedWork {
    let graph = Graph(threads: threads)
    var layout = ParameterLayout()
    _ = try layout.declare("weights", [count], initial: .uniform(bound: 1))
    let store = try ParameterStore(graph, layout)
    try store.initialize(seed: 1)
    let gradient = try PlainNumbers(graph).floats([count])
    let state = try OptimizerState(Optimizers.named("adam"), for: store)
    let plan = try graph.compile(
      outputs: [], updates: state.updates(gradient: gradient.tensor))
    graph.sweep()
    return PreparedWork(graph: graph) {
      try state.prepareStep(learningRate: 1e-4)
      try plan.run()
    }
  }
}
