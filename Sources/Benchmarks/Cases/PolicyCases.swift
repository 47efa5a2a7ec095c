import Learning
import TensorCore

/// A training step of a small policy: forward, policy-gradient loss, backward, Adam.
enum PolicyCases {
  static let all = [64, 1024].map(made)
  static let widths = [64, 128, 128, 16]

  private static func made(batch: Int) -> BenchmarkCase {
    var made = BenchmarkCase(
      "policy/\(batch)", "forward, loss, backward and Adam of a policy",
      sizes: "64-128-128-16, batch \(batch)"
    ) { try prepare(batch: batch, threads: $0) }
    let products = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    // Of the first layer nobody asks the derivative by its input.
    made.work.operations = Double(2 * batch * (3 * products - widths[0] * widths[1]))
    made.measuresMemory = true
    made.targets =
      batch == 64
      ? [.faster(1.4, than: .compiled), .faster(4, than: .eager)]
      : [.faster(1.15, than: .compiled)]
    return made
  }

  private static func prepare(batch: Int, threads: Int) throws -> PreparedWork {
    let graph = Graph(threads: threads)
    var layout = ParameterLayout()
    let policy = try MultilayerPerceptron(
      "policy", widths: widths, activation: .tanh, in: &layout)
    let store = try ParameterStore(graph, layout)
    try store.initialize(seed: 1)
    let numbers = PlainNumbers(graph)
    let states = try numbers.floats([batch, widths[0]])
    let actions = try numbers.indices([batch, 1], below: 16)
    let advantages = try numbers.floats([batch])
    let parameters = try store.bind()
    let scores = try policy(states.tensor, ForwardPass(parameters)).logSoftmax(-1)
    let chosen = try scores.gatherAlong(actions.tensor).reshape(to: [batch])
    let loss = try -(chosen * advantages.tensor).mean()
    let state = try OptimizerState(Optimizers.named("adam"), for: store)
    let plan = try graph.compile(
      outputs: [loss],
      updates: state.updates(gradient: store.gradient(of: loss, withRespectTo: parameters)))
    graph.sweep()
    return PreparedWork(graph: graph) {
      try state.prepareStep(learningRate: 1e-4)
      try plan.run()
    }
  }
}
