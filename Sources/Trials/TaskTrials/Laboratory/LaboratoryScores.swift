import Foundation
import Tasks

/// The exact metrics of policies in one world, and what they are measured against.
struct LaboratoryScores {
  let world: LaboratoryWorld
  /// The best policy: of the true reward, or of the regularised game.
  let optimum: [Double]
  private let referenceValue: Double
  private let span: Double
  private let isGame: Bool

  init(_ world: LaboratoryWorld) {
    self.world = world
    isGame = world.reward == nil
    optimum = world.optimum() ?? world.equilibrium()
    referenceValue = world.value(world.reference) ?? -world.regularizedGap(world.reference)
    let best = isGame ? 0 : world.value(optimum) ?? 0
    span = best - referenceValue
  }

  /// Names with one line each, and whether more is better; in the order of `values`.
  static func list(
    isGame: Bool, hasProxy: Bool, hasLengths: Bool
  ) -> [(name: String, summary: String, isHigherBetter: Bool)] {
    var list: [(String, String, Bool)] = [
      (
        "regularized_value",
        isGame
          ? "1 less the gap to the regularised equilibrium, in units of the reference's"
          : "E[reward] - beta KL(policy || reference); 0 for the reference, 1 for the optimum", true
      )
    ]
    if isGame {
      list += [
        ("nash_gap", "what the best answer gains in the regularised game", false),
        ("duality_gap", "how often the best answer wins, beyond one half", false),
      ]
    } else {
      list.append(("expected_reward", "mean true reward", true))
    }
    if hasProxy { list.append(("proxy_reward", "mean reward that training goes by", true)) }
    list += [
      ("win_rate", "chance to be truly preferred to a sample of the reference", true),
      ("kl_to_reference", "KL(policy || reference), nats", false),
      ("kl_from_reference", "KL(reference || policy), nats", false),
      ("distance_to_optimum", "total variation to the closed-form optimum", false),
      ("accuracy", "share of pairs ordered as true preferences by log policy / reference", true),
      ("entropy", "of the policy, nats", true),
    ]
    if hasLengths { list.append(("length", "mean tokens of a completion", true)) }
    return list
  }

  /// The metrics of a policy, given by log-probabilities `[context, completion]`.
  func values(_ logPolicy: [Double]) -> [Double] {
    let policy = logPolicy.map { exp($0) }
    let contexts = Double(world.contexts)
    var (toReference, fromReference) = (0.0, 0.0)
    for cell in policy.indices {
      let gap = logPolicy[cell] - world.logReferenceOfCompletions[cell]
      if policy[cell] > 0 { toReference += policy[cell] * gap }
      fromReference -= world.reference[cell] * gap
    }
    toReference /= contexts
    fromReference /= contexts
    var values: [Double]
    if isGame {
      let gap = world.regularizedGap(policy)
      values = [(-gap - referenceValue) / span, gap, world.gap(policy)]
    } else {
      let reward = world.expectedReward(policy) ?? 0
      values = [(reward - world.beta * toReference - referenceValue) / span, reward]
    }
    if let proxy = world.proxy { values.append(world.expectation(of: proxy, under: policy)) }
    values += [
      world.winRate(policy, against: world.reference), toReference, fromReference,
      world.distance(policy, optimum), world.accuracy(logPolicy: logPolicy),
      world.entropy(policy),
    ]
    if world.space.length > 1 { values.append(world.expectedLength(policy)) }
    return values
  }
}
