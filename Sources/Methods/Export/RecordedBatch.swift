import LuaBindings
import TensorCore

/// A batch of leaves for a recording: every field that a loss of the kind may read.
struct RecordedBatch {
  private(set) var batch = LossBatch()
  /// What each leaf is.
  private(set) var named: [(Recording.Name, Tensor)] = []
  /// Log-ratios that are computed from leaves, and what to call them.
  private(set) var ratios: [(String, Tensor)] = []
  private let size: Extent.Size
  private let graph: Graph
  private let keepsRatios: Bool

  /// - Parameters:
  ///   - contract: of the loss.
  ///   - size: rows and tokens.
  ///   - columns: extra numbers of the data.
  ///   - keepsRatios: whether log-ratios are leaves themselves.
  ///   - graph: where leaves are made.
  init(
    _ contract: LossContract, _ size: Extent.Size, _ columns: [String], keepsRatios: Bool,
    _ graph: Graph
  ) throws {
    self.size = size
    self.graph = graph
    self.keepsRatios = keepsRatios
    switch contract.kind {
    case .pairwise:
      batch.chosen = try side("chosen")
      batch.rejected = try side("rejected")
    case .unpaired:
      batch.completion = try side("completion")
      batch.mismatched = try side("mismatched")
    case .token, .groupwise: batch.completion = try side("completion")
    case .preference:
      for (name, path) in [("chosen", \LossBatch.chosen), ("rejected", \.rejected)] {
        var side = LossBatch.Side()
        side.reward = try leaf("\(name).reward")
        batch[keyPath: path] = side
      }
    }
    batch.label = try leaf("label")
    batch.margin = try leaf("margin")
    batch.weight = try leaf("weight")
    batch.group = try leaf("group")
    for name in columns { batch.columns[name] = try leaf("column.\(name)") }
  }

  private mutating func side(_ name: String) throws -> LossBatch.Side {
    var side = LossBatch.Side()
    let policy = try leaf("\(name).log_prob")
    let reference = try leaf("\(name).ref_log_prob")
    side.logProb = policy
    side.refLogProb = reference
    if keepsRatios {
      side.logratio = try leaf("\(name).logratio")
    } else {
      let ratio = try policy - reference
      graph.retain(ratio.id)
      side.logratio = ratio
      ratios.append(("\(name)_logratio", ratio))
    }
    side.length = try leaf("\(name).length")
    side.tokenLogProbs = try leaf("\(name).token_log_probs", byToken: true)
    side.refTokenLogProbs = try leaf("\(name).ref_token_log_probs", byToken: true)
    side.mask = try leaf("\(name).mask", byToken: true)
    return side
  }

  private mutating func leaf(_ path: String, byToken: Bool = false) throws -> Tensor {
    let shape: Shape = byToken ? [size.rows, size.tokens] : [size.rows]
    let tensor = try graph.tensor([Double](repeating: 0.5, count: shape.count), shape: shape)
    named.append((.input(path), tensor))
    return tensor
  }
}
