import Learning
import LuaBindings
import TensorCore

/// Checks of optimizers and schedules written in Lua.
struct UpdateRuleCheck {
  let catalogue: MethodCatalogue
  let entry: MethodEntry

  private static let start = [1.0, -2, 0.5]

  func optimizer(_ report: inout CheckReport) {
    report.run("shape", "new parameters and state have the shape of the old") {
      _ = try descend(1, .float64)
      return nil
    }
    report.run("descends", "20 small steps lower a bowl") {
      let end = try descend(20, .float64)
      let (before, after) = (Self.height(Self.start), Self.height(end))
      return after < before ? nil : "the height goes from \(before) to \(after)"
    }
    report.run("finite", "after 100 steps of a steep bowl, in float32") {
      let end = try descend(100, .float32, steepness: 1e4)
      return end.allSatisfy(\.isFinite) ? nil : "the parameters are \(end)"
    }
    report.run("rest", "parameters without gradient stay finite") {
      let end = try descend(5, .float32, steepness: 0)
      return end.allSatisfy(\.isFinite) ? nil : "the parameters are \(end)"
    }
    report.run("precision", "float32 agrees with float64 to 1e-3") {
      let (wide, narrow) = (try descend(10, .float64), try descend(10, .float32))
      let gaps = zip(wide, narrow).map { abs($0 - $1) }
      return (gaps.max() ?? 0) < 1e-3 ? nil : "\(wide) and \(narrow)"
    }
  }

  func schedule(_ report: inout CheckReport) {
    report.run("rates", "100 finite rates, none below 0") {
      let schedule = try catalogue.schedule(entry.path)
      let names = try catalogue.declaration(entry.path).parameters.map(\.name)
      let total: [String: ParameterValue] =
        names.contains("total_steps") ? ["total_steps": .integer(100)] : [:]
      let rates = try schedule.rates(100, base: 1, total)
      guard let wrong = rates.firstIndex(where: { !$0.isFinite || $0 < 0 }) else {
        return rates.contains { $0 > 0 } ? nil : "every rate is 0"
      }
      return "the rate of update \(wrong + 1) is \(rates[wrong])"
    }
  }

  private static func height(_ place: [Double]) -> Double {
    zip(place, [1.0, 3, 10]).reduce(0) { $0 + $1.0 * $1.0 * $1.1 / 2 }
  }

  /// Where steps on a bowl of height h x x / 2 lead to, each compiled once.
  private func descend(
    _ steps: Int, _ dtype: DType, steepness: Double = 1
  ) throws -> [Double] {
    let graph = catalogue.session.graph
    let rule = try catalogue.optimizer(entry.path)
    return try catalogue.session.holding {
      var layout = ParameterLayout()
      let parameter = try layout.declare("w", [3], initial: .constant(0))
      let store = try ParameterStore(graph, layout, dtype)
      try store.set(parameter, to: Self.start)
      let hasRate = rule.settings.contains { $0.name == "learning_rate" }
      let state = try OptimizerState(
        rule, settings: hasRate ? ["learning_rate": .number(0.01)] : [:], for: store)
      let widths = graph.tensor([1.0, 3, 10].map { $0 * steepness })
      let gradient = try store.flat * widths.cast(to: dtype)
      let plan = try graph.compile(outputs: [], updates: state.updates(gradient: gradient))
      for _ in 0..<steps {
        try state.prepareStep(learningRate: 0.01)
        try plan.run()
      }
      return try store.flat.doubles()
    }
  }
}
