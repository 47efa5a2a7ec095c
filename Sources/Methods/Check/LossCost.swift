import Foundation
import LuaBindings
import TensorCore

/// What a step of a loss costs: nodes of the graph, and time with the gradient.
struct LossCost {
  let probe: LossProbe
  private static let rows = 4096

  /// `21 operations with gradient; 3.1 ns a row (4096 rows, float32)`; nil where it cannot be
  /// compiled.
  func text() throws -> String {
    let rows = Self.rows
    let ratios = (0..<rows).map { sin(Double($0)) }
    let batch = ProbeBatch(probe.loss.contract, ratios, ratios.map { 0.5 * $0 - 0.1 })
    let graph = probe.session.graph
    return try probe.session.holding {
      let (tensors, inputs) = try batch.tensors(graph, .float32)
      let state = try probe.loss.initialState(.float32)
      let held = state.map { Handle($0.value) }
      let result = try probe.loss.evaluate(
        tensors, probe.loss.resolve([:]),
        state: Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.value) }))
      let value = result.loss.tensor
      let ones = try graph.full(value.shape, 1, value.dtype)
      let gradients = try graph.gradient(
        of: value, withRespectTo: inputs.map(\.tensor), upstream: ones)
      let plan = try graph.compile(outputs: [value] + gradients)
      defer { withExtendedLifetime((inputs, held)) {} }
      let operations = plan.graphLines.filter { $0.contains("(") }.count
      var best = Double.infinity
      for _ in 0..<9 {
        let start = ContinuousClock.now
        try plan.run()
        let spent = ContinuousClock.now - start
        best = min(best, Double(spent.components.attoseconds) * 1e-9)
      }
      let each = String(format: "%.1f", best / Double(rows))
      return "\(operations) operations with gradient; \(each) ns a row (\(rows) rows, float32)"
    }
  }
}
