import Learning
import TensorCore

/// Training steps of a small language model in Llama's architecture: rotary positions, RMS norms,
/// gated feed-forward layers, the embedding table as output layer.
enum LanguageModelCases {
  static let all = [made("supervised"), made("dpo")]
  static let (batch, length, prompt) = (16, 64, 16)

  /// Extents: 4 layers of width 128, 4 heads, 352 hidden, 64 tokens.
  static func shape(vocabulary: Int) -> TransformerShape {
    var shape = TransformerShape(vocabulary: vocabulary)
    (shape.layers, shape.width, shape.heads, shape.keyValueHeads) = (4, 128, 4, 4)
    (shape.hidden, shape.length) = (352, length)
    return shape
  }

  private static func made(_ name: String) -> BenchmarkCase {
    let isPairwise = name == "dpo"
    var made = BenchmarkCase(
      "model/\(name)",
      isPairwise
        ? "DPO step with the reference's forward pass, AdamW" : "supervised step, AdamW",
      sizes: "4 layers, width 128, 4 heads, 64 tokens, vocabulary 256, "
        + (isPairwise ? "16 pairs" : "batch 16")
    ) { try prepare(isPairwise: isPairwise, threads: $0) }
    let shape = shape(vocabulary: 256)
    let weights = shape.layers * (4 * 128 * 128 + 3 * 128 * 352) + 256 * 128
    let attention = shape.layers * 4 * length * length * 128
    let forward = Double(2 * batch * length * weights + batch * attention)
    made.work.operations = forward * (isPairwise ? 8 : 3)
    made.measuresMemory = true
    made.targets = [
      .faster(1.3, than: .eager), .faster(1.3, than: .compiled), .scaling(1.6),
      .memory(0.7, of: .eager),
    ]
    return made
  }

  private static func prepare(isPairwise: Bool, threads: Int) throws -> PreparedWork {
    let graph = Graph(threads: threads)
    let model = try BenchmarkModel(graph)
    let rows = isPairwise ? 2 * batch : batch
    let numbers = PlainNumbers(graph)
    let inputs = try numbers.indices([rows, length], below: 256)
    let targets = try numbers.indices([rows, length], below: 256)
    let parameters = try model.store.bind()
    let scores = try model.tokenLogProbs(parameters, inputs.tensor, targets.tensor)
    var loss = try -scores.mean()
    if isPairwise {
      let frozen = try model.store.copy(trainable: false)
      let reference = try model.tokenLogProbs(frozen.bind(), inputs.tensor, targets.tensor)
      loss = try preferenceLoss(scores, reference)
    }
    let state = try OptimizerState(Optimizers.named("adamw"), for: model.store)
    let plan = try graph.compile(
      outputs: [loss],
      updates: state.updates(
        gradient: model.store.gradient(of: loss, withRespectTo: parameters)))
    graph.sweep()
    return PreparedWork(graph: graph) {
      try state.prepareStep(learningRate: 1e-4)
      try plan.run()
    }
  }

  /// DPO on the tokens after the prompt; the first half of the rows is chosen.
  private static func preferenceLoss(_ policy: Tensor, _ reference: Tensor) throws -> Tensor {
    let places = try policy.graph.iota(length)
    let mask = try places.ge(policy.graph.weak(Double(prompt), isInteger: true))
      .cast(to: .float32)
    let ratios = try ((policy - reference) * mask).sum([1])
    let margin =
      try ratios.slice(0, start: 0, count: batch) - ratios.slice(0, start: batch, count: batch)
    return try -(margin * 0.1).logSigmoid().mean()
  }
}

/// The transformer of the cases, without a tokenizer.
struct BenchmarkModel {
  let transformer: Transformer
  let store: ParameterStore
  private let rotary: RotaryEmbedding

  init(_ graph: Graph) throws {
    var layout = ParameterLayout()
    transformer = try Transformer(LanguageModelCases.shape(vocabulary: 256), in: &layout)
    store = try ParameterStore(graph, layout)
    try store.initialize(seed: 1)
    rotary = try transformer.rotary(graph)
  }

  /// Log-probabilities of given tokens: `[rows, tokens]`.
  func tokenLogProbs(
    _ parameters: Parameters, _ inputs: Tensor, _ targets: Tensor
  ) throws -> Tensor {
    let logits = try transformer(inputs, ForwardPass(parameters), rotary: rotary)
      .reshape(to: [inputs.count, transformer.shape.vocabulary])
    let wanted = try logits.gatherAlong(targets.reshape(to: [inputs.count, 1]))
    return try (wanted - logits.logSumExp([-1], keepingAxes: true)).reshape(to: inputs.shape)
  }
}
