import LuaBindings
import TensorCore

/// Values and derivatives of a loss on batches of plain numbers.
struct LossProbe {
  let loss: MethodLoss
  let session: ScriptSession

  /// The loss of each row, or one number for the batch, and its derivatives summed over rows.
  struct Outcome {
    let values: [Double]
    /// For each input of the batch, for each row.
    let gradients: [[Double]]
    let shape: Shape
  }

  /// The loss without derivatives.
  func values(
    _ batch: ProbeBatch, _ given: [String: ParameterValue] = [:], _ dtype: DType = .float64
  ) throws -> [Double] {
    try run(batch, given, dtype, differentiating: false).values
  }

  /// The loss with derivatives.
  func outcome(
    _ batch: ProbeBatch, _ given: [String: ParameterValue] = [:], _ dtype: DType = .float64
  ) throws -> Outcome {
    try run(batch, given, dtype, differentiating: true)
  }

  private func run(
    _ batch: ProbeBatch, _ given: [String: ParameterValue], _ dtype: DType,
    differentiating: Bool
  ) throws -> Outcome {
    try session.holding {
      let (tensors, inputs) = try batch.tensors(session.graph, dtype)
      let state = try loss.initialState(dtype)
      let held = state.map { Handle($0.value) }
      defer { withExtendedLifetime((inputs, held)) {} }
      let result = try loss.evaluate(
        tensors, loss.resolve(given),
        state: Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.value) }))
      let value = result.loss.tensor
      var wanted = [value]
      if differentiating {
        let ones = try session.graph.full(value.shape, 1, value.dtype)
        wanted += try session.graph.gradient(
          of: value, withRespectTo: inputs.map(\.tensor), upstream: ones)
      }
      let handles = wanted.map(Handle.init)
      try session.graph.realize(handles.map(\.tensor))
      return Outcome(
        values: try value.doubles(),
        gradients: try handles.dropFirst().map { try $0.tensor.doubles() }, shape: value.shape)
    }
  }

  /// The greatest gap between derivatives and central differences, relative to the size of the
  /// derivatives, or nil where it is within `tolerance`.
  func gradientGap(
    _ batch: ProbeBatch, _ given: [String: ParameterValue] = [:], step: Double = 1e-5,
    tolerance: Double = 1e-6
  ) throws -> String? {
    try session.freezingStops { replay in
      let exact = try outcome(batch, given).gradients
      let places = batch.fields.indices.filter { batch.fields[$0].isInput }
      for (input, field) in places.enumerated() {
        for place in batch.fields[field].values.indices {
          replay()
          let upper = try values(batch.changed(field, place, by: step), given).reduce(0, +)
          replay()
          let lower = try values(batch.changed(field, place, by: -step), given).reduce(0, +)
          let quotient = (upper - lower) / (2 * step)
          let gap = abs(exact[input][place] - quotient)
          guard gap <= tolerance * max(1, abs(quotient)) else {
            return "by \(batch.fields[field].path)[\(place + 1)] is \(exact[input][place]), "
              + "the difference quotient is \(quotient)"
          }
        }
      }
      return nil
    }
  }
}
