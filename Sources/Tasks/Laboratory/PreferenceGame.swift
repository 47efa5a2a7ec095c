import Foundation

/// A symmetric game of preferences between the completions of one prompt.
public struct PreferenceGame: Sendable {
  /// Chance that one action beats another, `[one, other]`.
  public let preference: [Double]
  /// Probabilities of the reference policy.
  public let reference: [Double]

  /// A game of a square table.
  public init(preference: [Double], reference: [Double]) {
    self.preference = preference
    self.reference = reference
  }

  /// Actions.
  public var count: Int { reference.count }

  /// The chance of each action to beat a policy.
  public func wins(against policy: [Double]) -> [Double] {
    (0..<count).map { one in
      (0..<count).reduce(0) { $0 + preference[one * count + $1] * policy[$1] }
    }
  }

  /// The chance that a sample of one policy beats a sample of another.
  public func winRate(_ policy: [Double], against other: [Double]) -> Double {
    zip(policy, wins(against: other)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// How often the best answer to a policy beats it, beyond one half: half the duality gap of the
  /// symmetric game, 0 for a minimax winner.
  public func gap(_ policy: [Double]) -> Double {
    (wins(against: policy).max() ?? 0.5) - 0.5
  }

  /// The same in the game of payoffs less `tau` times the divergence to the reference: 0 at its
  /// equilibrium alone.
  public func regularizedGap(_ policy: [Double], tau: Double) -> Double {
    let answers = zip(reference, wins(against: policy)).map { log($0) + $1 / tau }
    return tau * Numerics.logSumExp(answers) - 0.5
      + tau * Numerics.divergence(policy, reference)
  }

  /// The equilibrium of the game regularised by `tau` KL(pi || reference): the only solution of
  /// pi in proportion to reference exp(P pi / tau).
  ///
  /// By extragradient steps in the logarithm, which converge linearly.
  public func regularizedEquilibrium(tau: Double) -> [Double] {
    let step = min(0.5, 1 / (2 * tau))
    let base = reference.map { log($0) }
    var logits = base
    func answer(_ opponent: [Double]) -> [Double] {
      let payoff = wins(against: Numerics.softmax(opponent))
      let moved = logits.indices.map {
        (1 - step * tau) * logits[$0] + step * tau * base[$0] + step * payoff[$0]
      }
      let total = Numerics.logSumExp(moved)
      return moved.map { $0 - total }
    }
    for _ in 0..<200_000 {
      let next = answer(answer(logits))
      let change = zip(next, logits).map { abs($0 - $1) }.max() ?? 0
      logits = next
      if change < 1e-15 { break }
    }
    return Numerics.softmax(logits)
  }

  /// A policy that no other beats more than half of the time, of smallest support; nil where
  /// there are more than 16 actions to search among.
  public func minimaxWinner() -> [Double]? {
    guard count <= 16 else { return nil }
    let supports = (1..<1 << count).sorted {
      ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1)
    }
    for support in supports where support.nonzeroBitCount % 2 == 1 {
      let actions = (0..<count).filter { support >> $0 & 1 == 1 }
      guard let weights = balance(actions) else { continue }
      var policy = [Double](repeating: 0, count: count)
      for (action, weight) in zip(actions, weights) { policy[action] = max(weight, 0) }
      if weights.allSatisfy({ $0 > -1e-12 }), gap(policy) < 1e-9 { return policy }
    }
    return nil
  }

  /// Weights of some actions against which all of them do equally well.
  private func balance(_ actions: [Int]) -> [Double]? {
    let size = actions.count + 1
    var rows = actions.map { one in
      actions.map { preference[one * count + $0] - 0.5 } + [1, 0]
    }
    rows.append([Double](repeating: 1, count: actions.count) + [0, 1])
    for column in 0..<size {
      let pivot = (column..<size).max { abs(rows[$0][column]) < abs(rows[$1][column]) }
      guard let pivot, abs(rows[pivot][column]) > 1e-12 else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<size where row != column {
        let factor = rows[row][column] / rows[column][column]
        for place in column...size { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return (0..<actions.count).map { rows[$0][size] / rows[$0][$0] }
  }
}
