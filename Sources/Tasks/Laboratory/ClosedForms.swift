import Foundation

/// Policies that are known in closed form, as probabilities `[context, completion]`.
extension LaboratoryWorld {
  /// The reference with every completion's chance multiplied by e to a number.
  ///
  /// - Parameter exponents: `[context, completion]`.
  /// - Returns: normalised probabilities.
  public func tilted(by exponents: [Double]) -> [Double] {
    (0..<contexts).flatMap { context in
      Numerics.softmax(
        cells(of: context).map { logReferenceOfCompletions[$0] + exponents[$0] })
    }
  }

  /// The policy that maximises E[reward] - beta KL(policy || reference).
  ///
  /// - Parameters:
  ///   - reward: `[context, completion]`; the true one where nil.
  ///   - beta: the world's where nil.
  /// - Returns: nil in a world without reward.
  public func optimum(reward: [Double]? = nil, beta: Double? = nil) -> [Double]? {
    (reward ?? self.reward).map { table in
      let weight = beta ?? self.beta
      return tilted(by: table.map { $0 / weight })
    }
  }

  /// The policy that identity preference optimization reaches with all pairs: the reference tilted
  /// by the mean chance of being labelled preferred, over beta.
  ///
  /// - Parameters:
  ///   - beta: the loss's.
  ///   - opponents: the law of the other completion of a pair, `[context, completion]`.
  /// - Returns: what the loss's minimiser is.
  public func identityOptimum(beta: Double, opponents: [Double]) -> [Double] {
    let count = space.count
    return tilted(
      by: (0..<contexts * count).map { cell in
        let row = cell * count
        let context = cell / count
        return (0..<count).reduce(0) {
          $0 + labels[row + $1] * opponents[context * count + $1]
        } / beta
      })
  }

  /// The equilibrium of every context's game, regularised by tau KL(policy || reference).
  public func equilibrium(tau: Double? = nil) -> [Double] {
    (0..<contexts).flatMap { game($0).regularizedEquilibrium(tau: tau ?? beta) }
  }

  /// How far a policy is from the regularised equilibrium, as an exploiting answer sees it.
  public func regularizedGap(_ policy: [Double], tau: Double? = nil) -> Double {
    (0..<contexts).reduce(0) {
      $0 + game($1).regularizedGap(Array(policy[cells(of: $1)]), tau: tau ?? beta)
    } / Double(contexts)
  }

  /// How often the best answers to a policy beat it, beyond one half.
  public func gap(_ policy: [Double]) -> Double {
    (0..<contexts).reduce(0) { $0 + game($1).gap(Array(policy[cells(of: $1)])) }
      / Double(contexts)
  }

  /// The law of the best of n samples of the reference, by a reward; equals share evenly in
  /// proportion to their chances.
  ///
  /// - Parameters:
  ///   - n: samples, at least 1; real numbers interpolate.
  ///   - reward: `[context, completion]`.
  /// - Returns: exact probabilities.
  public func bestOf(_ n: Double, reward: [Double]) -> [Double] {
    (0..<contexts).flatMap { context -> [Double] in
      let cells = cells(of: context)
      return cells.map { cell in
        let below = cells.reduce(0) { reward[$1] < reward[cell] ? $0 + reference[$1] : $0 }
        let equal = cells.reduce(0) { reward[$1] == reward[cell] ? $0 + reference[$1] : $0 }
        let won = pow(min(below + equal, 1), n) - pow(below, n)
        return won * reference[cell] / equal
      }
    }
  }
}
