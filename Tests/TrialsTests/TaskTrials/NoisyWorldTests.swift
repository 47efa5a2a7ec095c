import Foundation
import LuaBindings
import Notation
import Testing

@testable import Trials

/// A world whose clearest labels are nearly worthless: what a bounded loss is good for.
@Suite struct NoisyWorldTests {
  private static let ramp = JSONValue.object([
    "source": """
    local pg = require "perigee"
    return pg.loss {
      kind = "pairwise",
      params = { beta = pg.positive(0.1) },
      compute = function(batch, p)
        return 1 - pg.sigmoid(p.beta * (batch.chosen.logratio - batch.rejected.logratio))
      end,
    }
    """
  ])

  /// Labels flipped with chance 0.45 on the 30 % of pairs with the largest gaps.
  private let world: JSONObject = [
    "task": "bandit", "pairs": 2048, "flip": 0.45, "flip_largest": 0.3,
  ]

  private func values(
    _ task: LaboratoryTask, _ loss: JSONValue, beta: Double, rate: Double, seeds: Int,
    _ split: TrialSplit, _ session: ScriptSession
  ) throws -> [Double] {
    try (1...seeds).map { seed in
      let request = TrialRequest(
        [
          "loss": loss, "beta": .number(beta), "learning_rate": .number(rate), "points": 0,
          "steps": 200,
        ], seed: UInt64(seed), split: split)
      return try task.run(request, in: session)["regularized_value"] ?? .nan
    }
  }

  /// The values of 20 fresh seeds at the best of the same grid, tuned on other seeds.
  private func tuned(
    _ task: LaboratoryTask, _ loss: JSONValue, _ session: ScriptSession
  ) throws -> (values: [Double], beta: Double) {
    var best = (mean: -Double.infinity, beta: 0.0, rate: 0.0)
    for beta in [0.05, 0.1, 0.2, 0.8, 1.6, 3.2] {
      for rate in [0.003, 0.01] {
        let found = try values(
          task, loss, beta: beta, rate: rate, seeds: 3, .tuning, session)
        let mean = found.reduce(0, +) / Double(found.count)
        if mean > best.mean { best = (mean, beta, rate) }
      }
    }
    let fresh = try values(
      task, loss, beta: best.beta, rate: best.rate, seeds: 20, .reported, session)
    return (fresh, best.beta)
  }

  @Test func rampBeatsTunedDPO() throws {
    let fixture = try LaboratoryFixture()
    let task = try LaboratoryTask(world)
    let ramp = try tuned(task, Self.ramp, fixture.session)
    let dpo = try tuned(task, "dpo", fixture.session)
    let gaps = zip(ramp.values, dpo.values).map { $0 - $1 }
    let mean = gaps.reduce(0, +) / 20
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19
    let error = (variance / 20).squareRoot()
    // Student's t at 19 degrees of freedom, 95 %.
    #expect(mean - 2.093 * error > 0, "\(mean) +- \(error)")
    #expect(mean > 0.03, "\(mean) +- \(error)")
    #expect(ramp.beta > dpo.beta)
  }
}
