import Foundation
import Notation

@testable import ExperimentStore

/// A small experiment with made-up numbers.
enum SampleExperiment {
  static let metrics = [
    ExperimentPlan.Metric("value", reference: 0, optimum: 1),
    ExperimentPlan.Metric("kl", maximize: false, reference: 0, unit: "nats"),
  ]

  static func plan(
    losses: [String] = ["dpo", "ipo"], betas: [Double] = [0.1, 0.5], seeds: [UInt64] = [1, 2, 3],
    tasks: [String] = []
  ) -> ExperimentPlan {
    let arms = losses.flatMap { loss in
      betas.map { beta in
        ExperimentPlan.Arm(
          "\(loss), beta \(beta)", settings: ["loss": .string(loss), "beta": .number(beta)])
      }
    }
    var plan = ExperimentPlan(
      name: "sample", created: "2026-11-21T16:00:00Z",
      tasks: tasks.map { ExperimentPlan.Task($0, specification: ["kind": "bandit"]) },
      metrics: metrics, metric: "value", also: ["kl"],
      factors: [
        ExperimentPlan.Factor("loss", values: losses.map(JSONValue.string)),
        ExperimentPlan.Factor("beta", values: betas.map(JSONValue.number), isLogarithmic: true),
      ], arms: arms, baseline: arms.first?.name, seeds: seeds)
    plan.varied = ["data", "initialisation", "order"]
    plan.provenance = ["program": "0.1.0", "git": ["commit": "abc", "dirty": false]]
    return plan
  }

  /// One cell an arm, task and seed.
  static func cells(
    _ plan: ExperimentPlan, value: (Int, UInt64) -> Double = { Double($0) + 0.1 * Double($1) }
  ) -> [CellRecord] {
    let tasks: [String?] = plan.tasks.isEmpty ? [nil] : plan.tasks.map(\.name)
    return plan.arms.enumerated().flatMap { place, arm in
      tasks.flatMap { task in
        plan.seeds.map { seed in
          let score = value(place, seed)
          var cell = CellRecord(
            id: ContentHash.sha256("\(arm.name) \(task ?? "") \(seed)".utf8), arm: arm.name,
            settings: arm.settings, configuration: arm.settings, task: task, seed: seed,
            status: .finished,
            metrics: ["value": .number(score), "kl": .number(score * score)],
            curves: [
              CellRecord.Curve(
                metric: "value", steps: [0, 50, 100], values: [0, score / 2, score])
            ])
          (cell.seconds, cell.worker) = (0.25, "host:1")
          return cell
        }
      }
    }
  }
}
