import Tasks
import TensorCore

/// `--show`: does one step and prints what was built for it.
enum PlanPrinter {
  static func show(_ loop: TrainingLoop, _ stages: Set<ShowStage>) throws {
    try loop.advance()
    guard let plan = loop.latest else { return }
    for stage in ShowStage.allCases where stages.contains(stage) {
      print("\(loop.options.name): \(stage.rawValue)")
      for line in plan.description(of: stage) { print("  " + line) }
    }
  }
}
