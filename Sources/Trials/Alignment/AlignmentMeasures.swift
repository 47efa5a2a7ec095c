import LuaBindings
import TensorCore

extension AlignmentBatch {
  /// What is logged of every loss, each one number.
  ///
  /// - Returns: of pairs the share that the policy's log-ratios order as the data do, mean margin,
  ///   log-ratios and lengths; of groups the share of ordered pairs of members; of completions
  ///   the mean log-ratio and length.
  func measurements() throws -> [(name: String, value: Tensor)] {
    if let chosen = batch.chosen, let rejected = batch.rejected {
      return try pairs(chosen, rejected)
    }
    guard let side = batch.completion, let policy = side.logProb, let reference = side.refLogProb,
      let length = side.length
    else { return [] }
    let ratio = try policy - reference
    guard let present = batch.mask else {
      return [("logratio", try mean(ratio)), ("length", try mean(length))]
    }
    let weight = try present * counted.unsqueeze(1)
    let total = try weight.sum()
    return try groupAccuracy(ratio, side.reward, weight) + [
      ("logratio", try (ratio * weight).sum() / total),
      ("length", try (length * weight).sum() / total),
    ]
  }

  private func mean(_ x: Tensor) throws -> Tensor { try (x * counted).sum() / counted.sum() }

  private func pairs(
    _ chosen: LossBatch.Side, _ rejected: LossBatch.Side
  ) throws -> [(name: String, value: Tensor)] {
    guard let a = chosen.logProb, let b = chosen.refLogProb, let c = rejected.logProb,
      let d = rejected.refLogProb, let e = chosen.length, let f = rejected.length
    else { return [] }
    let (up, down) = (try a - b, try c - d)
    let margin = try up - down
    let wins = try margin.sign() * 0.5 + 0.5
    return [
      ("accuracy", try mean(wins)), ("margin", try mean(margin)),
      ("chosen_logratio", try mean(up)), ("rejected_logratio", try mean(down)),
      ("chosen_length", try mean(e)), ("rejected_length", try mean(f)),
    ]
  }

  /// The share of pairs of members with different rewards that log-ratios order alike, ties
  /// counting half.
  private func groupAccuracy(
    _ ratio: Tensor, _ reward: Tensor?, _ weight: Tensor
  ) throws -> [(name: String, value: Tensor)] {
    guard let reward else { return [] }
    let order = try (reward.unsqueeze(2) - reward.unsqueeze(1)).sign()
    let found = try (ratio.unsqueeze(2) - ratio.unsqueeze(1)).sign()
    let counts = try weight.unsqueeze(2) * weight.unsqueeze(1) * order.square()
    let agrees = try (order * found * 0.5 + 0.5) * counts
    return [("accuracy", try agrees.sum() / (counts.sum() + 1e-9))]
  }
}
