import Learning
import TensorCore

/// One compiled step of decoding: reads a token a row, keeps its keys and values, and chooses the
/// next.
final class DecodingStep {
  /// Positions there is room for.
  let length: Int
  /// The tokens chosen by the latest run, one a row, 0-based.
  private(set) var tokens: [Int64] = []
  /// Their log-probabilities under the model.
  private(set) var logProbs: [Float] = []
  private let inputs: Handle
  private let position: Handle
  private let caches: [(keys: Handle, values: Handle)]
  private let plan: Plan

  init(_ model: LanguageModel, rows: Int, length: Int, choice: TokenChoice) throws {
    let (graph, shape, dtype) = (model.graph, model.shape, model.store.dtype)
    self.length = length
    inputs = Handle(graph.empty([rows], .int64))
    position = Handle(graph.empty([1], .int64))
    let extents: Shape = [rows, shape.keyValueHeads, length, shape.width / shape.heads]
    caches = try (0..<shape.layers).map { _ in
      (try DecodingStep.zeros(graph, extents, dtype), try DecodingStep.zeros(graph, extents, dtype))
    }
    let (logits, kept) = try model.transformer.step(
      inputs.tensor, ForwardPass(model.store.bind()), rotary: model.rotary,
      position: position.tensor,
      caches: caches.map { KeyValues(keys: $0.keys.tensor, values: $0.values.tensor) })
    let chosen = try choice(logits)
    let scores = try logits.gatherAlong(chosen.reshape(to: [rows, 1])).reshape(to: [rows])
    let logProbs = try scores - logits.logSumExp([1])
    plan = try graph.compile(
      outputs: [chosen, logProbs.cast(to: .float32)],
      updates: zip(caches, kept).flatMap { leaves, new in
        [(leaves.keys.tensor, new.keys), (leaves.values.tensor, new.values)]
      })
  }

  /// A leaf of zeros: places not reached yet count nothing, but must not be NaN.
  private static func zeros(_ graph: Graph, _ shape: Shape, _ dtype: DType) throws -> Handle {
    let handle = Handle(graph.empty(shape, dtype))
    _ = try handle.tensor.withMutableBytes {
      $0.initializeMemory(as: UInt8.self, repeating: 0)
    }
    return handle
  }

  /// Feeds the token of every row at a position and chooses the next ones.
  func run(position place: Int, token: (Int) -> Int64) throws {
    try position.tensor.withMutableBytes { $0.bindMemory(to: Int64.self)[0] = Int64(place) }
    try inputs.tensor.withMutableBytes { bytes in
      let ids = bytes.bindMemory(to: Int64.self)
      for row in ids.indices { ids[row] = token(row) }
    }
    try plan.run()
    tokens = try plan.outputs[0].integers()
    logProbs = try plan.outputs[1].floats()
  }
}
