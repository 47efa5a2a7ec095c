import LuaBindings
import TensorCore

/// A batch whose every number follows from a margin.
struct MarginBatch {
  private(set) var batch = LossBatch()
  private let margin: Tensor
  private let reference: Double
  private let contract: LossContract

  /// What a number is that the margin says nothing about.
  private static let neutral = 0.5

  /// - Parameters:
  ///   - margin: float64, [batch].
  ///   - contract: what a row is, and what the loss needs.
  ///   - label: of unpaired losses.
  ///   - reference: log-probability of every completion under the reference.
  /// - Throws: `TensorError` for an extra input whose extents have no tensor.
  init(_ margin: Tensor, _ contract: LossContract, label: Double?, reference: Double) throws {
    self.margin = margin
    self.reference = reference
    self.contract = contract
    switch contract.kind {
    case .pairwise:
      batch.chosen = try side(margin * 0.5)
      batch.rejected = try side(margin * -0.5)
    case .preference:
      batch.chosen = try rewardSide(margin * 0.5)
      batch.rejected = try rewardSide(margin * -0.5)
    case .unpaired:
      batch.completion = try side(margin)
      batch.mismatched = try plainSide(margin * 0)
      batch.label = try filled(label ?? 1)
    case .token: batch.completion = try side(margin)
    case .groupwise: try addGroups()
    }
    for name in contract.needs.samples { batch.samples[name] = try plainSide(margin * 0) }
    for name in contract.needs.columns { batch.columns[name] = try filled(Self.neutral) }
  }

  /// What a loss needs that the margin says nothing about.
  static func others(_ contract: LossContract) -> [String] {
    contract.needs.columns + contract.needs.side.map(\.name)
  }

  /// Groups whose log-ratios agree with the rewards where the margin is above 0.
  private mutating func addGroups() throws {
    let graph = margin.graph
    let dims = Shape([margin.shape.count, MarginCurve.rewards.count])
    let rewards = graph.tensor(MarginCurve.rewards)
    let base = try graph.full(dims, reference, .float64)
    var side = LossBatch.Side(
      logProb: try base + margin.unsqueeze(-1) * rewards * 0.5, refLogProb: base,
      length: try graph.full(dims, Double(MarginCurve.tokens), .float64))
    side.reward = try rewards.expand(to: dims)
    for view in contract.needs.views {
      side.views[view] = LossBatch.Side(logProb: base, refLogProb: base, length: side.length)
    }
    try addExtras(&side)
    batch.completion = side
    batch.mask = try graph.full(dims, 1, .float64)
  }

  private func rewardSide(_ reward: Tensor) throws -> LossBatch.Side {
    var side = LossBatch.Side()
    side.reward = reward
    try addExtras(&side)
    return side
  }

  /// A completion with all that the loss needs of it.
  private func side(_ logratio: Tensor) throws -> LossBatch.Side {
    var side = try plainSide(logratio)
    for view in contract.needs.views { side.views[view] = try plainSide(margin * 0) }
    try addExtras(&side)
    return side
  }

  /// A completion with a log-ratio, its tokens all alike.
  private func plainSide(_ logratio: Tensor) throws -> LossBatch.Side {
    let reference = try filled(reference)
    let policy = try reference + logratio
    var side = LossBatch.Side(
      logProb: policy, refLogProb: reference, length: try filled(Double(MarginCurve.tokens)))
    let spread = Shape(margin.shape.dims + [MarginCurve.tokens])
    let share = 1 / Double(MarginCurve.tokens)
    side.mask = try margin.graph.full(spread, 1, .float64)
    side.tokenLogProbs = try (policy * share).unsqueeze(-1).expand(to: spread)
    side.refTokenLogProbs = try (reference * share).unsqueeze(-1).expand(to: spread)
    return side
  }

  private func addExtras(_ side: inout LossBatch.Side) throws {
    for input in contract.needs.side {
      let dims = input.axes.map { axis in
        switch axis {
        case .fixed(let extent): extent
        case .named("batch"), .named("group"): margin.shape.count
        case .named("token"): MarginCurve.tokens
        case .named: MarginCurve.rewards.count
        }
      }
      side.extras[input.name] = try margin.graph.full(Shape(dims), Self.neutral, .float64)
    }
  }

  private func filled(_ number: Double) throws -> Tensor {
    try margin.graph.full(margin.shape, number, .float64)
  }
}
