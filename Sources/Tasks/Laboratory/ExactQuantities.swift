import Foundation

/// What is known exactly of a policy, given by probabilities `[context, completion]`; means over
/// contexts.
extension LaboratoryWorld {
  private func mean(_ value: (Int, Range<Int>) -> Double) -> Double {
    (0..<contexts).reduce(0) { $0 + value($1, cells(of: $1)) } / Double(contexts)
  }

  /// The mean of a table `[context, completion]` under a policy.
  public func expectation(of table: [Double], under policy: [Double]) -> Double {
    mean { _, cells in cells.reduce(0) { $0 + policy[$1] * table[$1] } }
  }

  /// The mean true reward; nil where there is none.
  public func expectedReward(_ policy: [Double]) -> Double? {
    reward.map { expectation(of: $0, under: policy) }
  }

  /// KL(policy || reference), nats.
  public func divergenceToReference(_ policy: [Double]) -> Double {
    divergence(policy, reference)
  }

  /// KL(reference || policy), nats.
  public func divergenceFromReference(_ policy: [Double]) -> Double {
    divergence(reference, policy)
  }

  /// KL(p || q), nats.
  public func divergence(_ p: [Double], _ q: [Double]) -> Double {
    mean { _, cells in Numerics.divergence(p[cells], q[cells]) }
  }

  /// Half the sum of absolute differences of probabilities.
  public func distance(_ p: [Double], _ q: [Double]) -> Double {
    mean { _, cells in cells.reduce(0) { $0 + abs(p[$1] - q[$1]) } / 2 }
  }

  /// Minus the mean log-probability, nats.
  public func entropy(_ policy: [Double]) -> Double {
    mean { _, cells in
      cells.reduce(0) { policy[$1] > 0 ? $0 - policy[$1] * log(policy[$1]) : $0 }
    }
  }

  /// The chance that a sample of one policy is truly preferred to a sample of another.
  public func winRate(_ policy: [Double], against other: [Double]) -> Double {
    mean { context, cells in
      var rate = 0.0
      for (one, mass) in policy[cells].enumerated() {
        let row = (context * space.count + one) * space.count
        var against = 0.0
        for (place, weight) in other[cells].enumerated() {
          against += preference[row + place] * weight
        }
        rate += mass * against
      }
      return rate
    }
  }

  /// The share of pairs that the implicit reward log policy / reference orders as true
  /// preferences do; ties count one half, pairs without a preference not at all.
  public func accuracy(_ policy: [Double]) -> Double {
    accuracy(logPolicy: policy.map { log($0) })
  }

  /// The same of log-probabilities.
  public func accuracy(logPolicy: [Double]) -> Double {
    var (right, all) = (0.0, 0.0)
    for context in 0..<contexts {
      let cells = cells(of: context)
      let implicit = cells.map { logPolicy[$0] - logReferenceOfCompletions[$0] }
      for one in 0..<space.count {
        for other in one + 1..<max(space.count, one + 1) {
          let truth = preference(context, one, other) - 0.5
          guard truth != 0 else { continue }
          let said = (implicit[one] - implicit[other]) * (truth > 0 ? 1 : -1)
          // What float32 cannot tell apart is a tie.
          right += said > 1e-6 ? 1 : said < -1e-6 ? 0 : 0.5
          all += 1
        }
      }
    }
    return all > 0 ? right / all : 0.5
  }

  /// E[reward] - beta KL(policy || reference), with the world's beta; nil without a reward.
  public func value(_ policy: [Double]) -> Double? {
    expectedReward(policy).map { $0 - beta * divergenceToReference(policy) }
  }

  /// Mean tokens of a completion.
  public func expectedLength(_ policy: [Double]) -> Double {
    mean { _, cells in zip(policy[cells], space.lengths).reduce(0) { $0 + $1.0 * Double($1.1) } }
  }
}
