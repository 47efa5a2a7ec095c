import Foundation

/// Records of runs and experiments, written as plain files.
struct RecordedExperiment {
  var name = "grid"
  var losses = ["dpo", "ipo"]
  var seeds = [1, 2, 3, 4, 5]
  /// Loss and seed of cells that failed.
  var failed: [String: Int] = [:]
  /// Gain of each loss over the one before it.
  var gain = 0.2

  /// Puts the records where the program looks for them.
  func write(_ program: Program) throws {
    let folder = "runs/\(name)"
    try FileManager.default.createDirectory(
      at: program.folder.appendingPathComponent(folder + "/sources"),
      withIntermediateDirectories: true)
    try program.write("\(folder)/sources/\(name).lua", "return {}\n-- \(gain)\n")
    try program.write("\(folder)/plan.json", plan)
    try program.write("\(folder)/cells.jsonl", cells)
  }

  private var plan: String {
    let arms = losses.map { #"{"name": "\#($0)", "settings": {"loss": "\#($0)"}}"# }
    let values = losses.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      {"format": 1, "kind": "ablation", "name": "\(name)", "created": "2026-11-21T15:00:00Z",
       "metrics": [{"name": "value", "maximize": true, "reference": 0, "optimum": 1,
          "documentation": "how good it is"},
         {"name": "kl", "maximize": false, "reference": 0, "unit": "nats"}],
       "metric": "value", "also": ["kl"], "seeds": \(seeds),
       "factors": [{"name": "loss", "values": [\(values)]}],
       "arms": [\(arms.joined(separator: ", "))], "baseline": "\(losses[0])",
       "varied": ["data", "order"], "program": "0.1.0", "git": {"commit": "abc", "dirty": false}}
      """
  }

  private var cells: String {
    losses.enumerated().flatMap { place, loss in
      seeds.map { seed -> String in
        let id = "\(loss)\(seed)" + String(repeating: "0", count: 32)
        let head = """
          {"id": "\(id)", "arm": "\(loss)", "settings": {"loss": "\(loss)"}, \
          "configuration": {"loss": "\(loss)", "steps": 300}, "seed": \(seed), \
          "phase": "report",
          """
        let text: String
        if failed[loss] == seed {
          text = head + #" "status": "crashed", "metrics": {}, "reason": "signal 9"}"#
        } else {
          let value =
            0.1 + gain * Double(place) + 0.05 * Double(seed) + 0.01 * Double((seed * 7 + place) % 3)
          text =
            head + """
               "status": "finished", "metrics": {"value": \(value), "kl": \(value * 2)}, \
              "curves": {"value": [[0, 0], [100, \(value / 2)], [300, \(value)]]}, \
              "seconds": 0.5}
              """
        }
        return text.replacing("\n", with: " ") + "\n"
      }
    }.joined()
  }
}
