import Foundation
import TensorCore

/// The best distribution over a few actions under a divergence to a reference.
///
/// It is reference * (f')^-1((reward - lambda) / beta) with the lambda that makes it sum to 1;
/// where the inverse is below f'(0+) the action has probability 0.
enum TabularOptimum {
  /// Maximise E_pi[reward] - beta D(pi || reference).
  struct Problem {
    let reward: [Double]
    /// Probabilities.
    let reference: [Double]
    let beta: Double
  }

  /// Multipliers tried at once; the bracket shrinks by this factor in a pass.
  private static let tried = 64

  /// Probabilities of the optimum.
  ///
  /// - Parameters:
  ///   - problem: rewards, reference and weight.
  ///   - origin: the score of a ratio of 1.
  ///   - graph: where the computation is built.
  ///   - inverse: of the score, elementwise.
  /// - Returns: probabilities, one an action.
  /// - Throws: `DeclarationError` for a problem that makes no sense.
  static func solve(
    _ problem: Problem, origin: Double, _ graph: Graph, _ inverse: (Tensor) throws -> Handle
  ) throws -> [Double] {
    try check(problem)
    // At the ends every ratio is at least, or at most, 1.
    let rewards = problem.reward.map { $0 / problem.beta }
    var low = (rewards.min() ?? 0) - origin
    var high = (rewards.max() ?? 0) - origin
    for _ in 0..<12 {
      let step = (high - low) / Double(tried - 1)
      let multipliers = (0..<tried).map { low + step * Double($0) }
      let sums = try ratios(rewards, multipliers, graph, inverse).map { row in
        zip(row, problem.reference).map(*).reduce(0, +)
      }
      let place = sums.firstIndex { $0 <= 1 } ?? tried - 1
      (low, high) = (multipliers[max(place - 1, 0)], multipliers[place])
    }
    let row = try ratios(rewards, [(low + high) / 2], graph, inverse)[0]
    let masses = zip(row, problem.reference).map(*)
    let total = masses.reduce(0, +)
    return masses.map { $0 / total }
  }

  private static func check(_ problem: Problem) throws {
    guard !problem.reward.isEmpty, problem.reward.count == problem.reference.count else {
      throw DeclarationError(
        "optimum: expected a reward and a reference of one length, got \(problem.reward.count) "
          + "and \(problem.reference.count)")
    }
    let sum = problem.reference.reduce(0, +)
    guard problem.reference.allSatisfy({ $0 > 0 }), abs(sum - 1) < 1e-4 else {
      throw DeclarationError(
        "optimum: the reference must be probabilities above 0 that sum to 1, got a sum of \(sum)")
    }
    guard problem.beta > 0 else {
      throw DeclarationError("optimum: beta must be above 0, got \(problem.beta)")
    }
  }

  /// exp of the inverse of the score at every reward less every multiplier.
  private static func ratios(
    _ rewards: [Double], _ multipliers: [Double], _ graph: Graph,
    _ inverse: (Tensor) throws -> Handle
  ) throws -> [[Double]] {
    let scores = multipliers.flatMap { multiplier in rewards.map { $0 - multiplier } }
    let values = try inverse(graph.tensor(scores)).tensor.doubles()
    let width = rewards.count
    return multipliers.indices.map { row in
      values[row * width..<(row + 1) * width].map { exp($0) }
    }
  }
}
