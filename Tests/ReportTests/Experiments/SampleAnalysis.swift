import ExperimentStore
import Foundation
import Notation

@testable import Report

/// An experiment with made-up numbers, in a folder that is removed afterwards.
final class SampleAnalysis {
  let root: URL
  var plan: ExperimentPlan
  var cells: [CellRecord] = []

  /// Losses by temperature, on as many seeds as asked for.
  init(
    losses: [String] = ["dpo", "ipo", "mine"], betas: [Double] = [0.05, 0.1, 0.5],
    seeds: UInt64 = 6, gain: Double = 0.2, noise: Double = 0.02
  ) {
    root = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-report-\(UUID().uuidString)", isDirectory: true)
    let arms = losses.flatMap { loss in
      betas.map { beta in
        ExperimentPlan.Arm(
          "\(loss), beta \(beta)", settings: ["loss": .string(loss), "beta": .number(beta)],
          tuned: ["learning_rate": 0.01])
      }
    }
    plan = ExperimentPlan(
      name: "sample <&> study", created: "2026-11-21T16:00:00Z",
      tasks: [ExperimentPlan.Task("bandit", specification: ["kind": "bandit"])],
      metrics: [
        ExperimentPlan.Metric("value", documentation: "a value.", optimum: 1),
        ExperimentPlan.Metric("kl", maximize: false, unit: "nats"),
        ExperimentPlan.Metric("reward"),
      ], metric: "value", also: ["kl", "reward"],
      factors: [
        ExperimentPlan.Factor("loss", values: losses.map(JSONValue.string)),
        ExperimentPlan.Factor("beta", values: betas.map(JSONValue.number), isLogarithmic: true),
      ], arms: arms, baseline: arms[0].name, seeds: Array(1...seeds))
    plan.varied = ["data", "order"]
    plan.provenance = [
      "command": "perigee ablate sample.lua", "program": "0.1.0",
      "git": ["commit": "0123456789abcdef", "dirty": true],
      "sources": [["name": "dpo.lua", "sha256": "abc"]],
      "tune": [
        "parameters": ["learning_rate": ["kind": "log_uniform"]], "budget": 8,
        "sampler": "random", "seeds": [101, 102],
      ],
    ]
    for (place, arm) in arms.enumerated() {
      for seed in plan.seeds {
        cells.append(
          Self.cell(arm, place, seed, gain * Double(place / betas.count), noise))
      }
    }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  private static func cell(
    _ arm: ExperimentPlan.Arm, _ place: Int, _ seed: UInt64, _ gain: Double, _ noise: Double
  ) -> CellRecord {
    // What all arms share under a seed, and what is an arm's own, both without a pattern.
    let shared = Double((seed * 7919) % 13) / 13 - 0.5
    let own = Double((seed * 104_729 + UInt64(place) * 1299_709) % 17) / 17 - 0.5
    let value = 0.2 + gain + 0.1 * shared + noise * own
    let beta = arm.settings["beta"]?.double ?? 1
    var cell = CellRecord(
      id: ContentHash.sha256("\(arm.name) \(seed)".utf8), arm: arm.name, settings: arm.settings,
      configuration: arm.settings, seed: seed, status: .finished,
      metrics: [
        "value": .number(value), "kl": .number(0.3 / beta), "reward": .number(value + 0.05 / beta),
      ],
      curves: [
        CellRecord.Curve(
          metric: "value", steps: [0, 50, 100], values: [0, value / 2, value])
      ])
    (cell.seconds, cell.peakBytes) = (0.5, 1 << 24)
    return cell
  }

  /// Marks a cell as failed.
  func fail(_ arm: Int, seed: UInt64, _ status: CellRecord.Status, _ reason: String) {
    guard
      let place = cells.firstIndex(where: { $0.arm == plan.arms[arm].name && $0.seed == seed })
    else { return }
    cells[place].status = status
    cells[place].reason = reason
    cells[place].metrics = JSONObject()
    cells[place].curves = []
  }

  /// Writes the records and reads them back.
  func experiment() throws -> Experiment {
    let directory = try ExperimentDirectory.make("sample", in: root)
    try directory.write(plan)
    try directory.openCells().append(cells)
    return try Experiment(directory)
  }

  func analysis() throws -> ExperimentAnalysis {
    var settings = ExperimentAnalysis.Settings()
    (settings.resamples, settings.comparisonResamples) = (200, 500)
    return try ExperimentAnalysis(try experiment(), settings: settings)
  }
}
