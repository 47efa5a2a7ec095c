import Foundation
import LuaBindings
import TensorCore

/// Whether a step gives the same loss and gradient in however many parts its batch is computed.
///
/// As in training: the parts' log-probabilities are computed one after the other, the loss sees
/// the whole batch, and each part takes its share of the derivative back to the parameters.
struct MicroBatchCheck {
  let probe: LossProbe
  /// Rows that every number of parts divides.
  let batch: ProbeBatch

  static let splits = [1, 2, 8]
  /// Parameters of the policy that the inputs come from.
  private static let parameters = [0.3, -0.7, 0.45]

  private var graph: Graph { probe.session.graph }
  private var inputs: [Int] { batch.fields.indices.filter { batch.fields[$0].isInput } }

  /// What a step comes to.
  private struct Step {
    var loss: Double
    var gradient: [Double]
  }

  init(_ probe: LossProbe) {
    self.probe = probe
    batch = ProbeBatch(
      probe.loss.contract, [0.7, -1.3, 2.15, 0.4, -0.65, 0.05, 1.1, -2.4],
      [-0.2, 0.8, 1.4, -2.2, 0.1, -0.9, 0.35, 1.7], offset: -1.37)
  }

  /// What differs, or nil.
  func gap() throws -> String? {
    let whole = try probe.session.holding { try wholeStep() }
    for count in Self.splits {
      let step = try inParts(count)
      for (what, pairs) in [
        ("loss", [(whole.loss, step.loss)]),
        ("gradient", Array(zip(whole.gradient, step.gradient))),
      ] {
        for (one, other) in pairs where !LossBehaviour.isClose(one, other, 1e-10) {
          return "the \(what) is \(one) at once and \(other) in \(count) parts"
        }
      }
    }
    return nil
  }

  /// Loss and gradient through everything at once.
  private func wholeStep() throws -> Step {
    let parameters = try leaf()
    let (tensors, leaves) = try batch.tensors(graph, .float64) { field, base in
      try policy(field, 0..<batch.rows, base, parameters.tensor)
    }
    let state = try probe.loss.initialState(.float64)
    let held = state.map { Handle($0.value) }
    defer { withExtendedLifetime((leaves, held)) {} }
    let result = try probe.loss.evaluate(
      tensors, probe.loss.resolve([:]),
      state: Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.value) }))
    let total = Handle(try result.loss.tensor.sum())
    let gradient = Handle(
      try graph.gradient(of: total.tensor, withRespectTo: [parameters.tensor])[0])
    return Step(loss: try total.tensor.item(), gradient: try gradient.tensor.doubles())
  }

  /// Loss and gradient as training with micro-batches computes them.
  private func inParts(_ count: Int) throws -> Step {
    let length = batch.rows / count
    let parts = (0..<count).map { $0 * length..<($0 + 1) * length }
    var assembled = batch
    for rows in parts {
      for field in inputs {
        let values = try probe.session.holding {
          try policy(field, rows, base(field, rows), leaf().tensor).doubles()
        }
        assembled.set(values, field, from: rows.lowerBound)
      }
    }
    let outcome = try probe.outcome(assembled)
    var step = Step(
      loss: outcome.values.reduce(0, +), gradient: Self.parameters.map { _ in 0 })
    for rows in parts {
      for (field, derivative) in zip(inputs, outcome.gradients) {
        let share = try product(field, rows, with: derivative)
        step.gradient = zip(step.gradient, share).map(+)
      }
    }
    return step
  }

  /// The derivative of one input's rows, taken back to the parameters.
  private func product(
    _ field: Int, _ rows: Range<Int>, with derivative: [Double]
  ) throws -> [Double] {
    try probe.session.holding {
      let parameters = try leaf()
      let output = try policy(field, rows, base(field, rows), parameters.tensor)
      let size = derivative.count / batch.rows
      let upstream = try graph.tensor(
        Array(derivative[rows.lowerBound * size..<rows.upperBound * size]), shape: output.shape)
      let gradient = Handle(
        try graph.gradient(
          of: output, withRespectTo: [parameters.tensor], upstream: upstream)[0])
      return try gradient.tensor.doubles()
    }
  }

  private func leaf() throws -> Handle {
    let handle = Handle(graph.tensor(Self.parameters))
    _ = graph.track(handle.tensor)
    return handle
  }

  private func base(_ field: Int, _ rows: Range<Int>) throws -> Tensor {
    let values = batch.fields[field].values
    let size = values.count / batch.rows
    return try graph.tensor(
      Array(values[rows.lowerBound * size..<rows.upperBound * size]),
      shape: Shape([rows.count] + batch.fields[field].dims.dropFirst()))
  }

  /// A small policy: each number of an input has a weight of its own for each parameter.
  private func policy(
    _ field: Int, _ rows: Range<Int>, _ base: Tensor, _ parameters: Tensor
  ) throws -> Tensor {
    let size = batch.fields[field].values.count / batch.rows
    let places = rows.lowerBound * size..<rows.upperBound * size
    let weights = places.flatMap { place in
      Self.parameters.indices.map { sin(Double(1 + place * 3 + $0) + 0.37 * Double(field)) }
    }
    let table = try graph.tensor(weights, shape: [places.count, Self.parameters.count])
    let sums = try (table * parameters).sum([-1])
    return try base + sums.tanh().reshape(to: base.shape) * 0.1
  }
}
