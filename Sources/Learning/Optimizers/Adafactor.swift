import TensorCore

/// Adafactor (Shazeer and Stern 2018): second moments of a matrix kept as one vector per side.
///
///     v = outer(rows, columns) / mean(rows), both running averages of g² with decay 1 - t^decay
///     w = w - alpha / max(1, rms(u) / clip) u,  u = g / sqrt(v)
///     alpha = max(floor, rms(w)) min(rate, 1 / sqrt(t))
struct Adafactor: Optimizer, Sendable {
  let name = "adafactor"
  let summary = "Adam's scaling with factored second moments and relative steps."
  let needsShapes = true
  let settings = [
    Optimizers.learningRate(0.01),
    SettingDeclaration("decay_exponent", -0.8, "second moments move by the step to this power"),
    SettingDeclaration(
      "epsilon", 0, "keeps the divisor from 0; 0: the machine epsilon", in: 0...Double.infinity),
    SettingDeclaration("smallest_scale", 1e-3, "least root mean square of a parameter"),
    SettingDeclaration("clip", 1, "largest root mean square of an update"),
    Optimizers.weightDecay(0, "shrinks parameters by learning_rate times this"),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [
      OptimizerSlot("row_or_square") { $0.rank > 1 ? $0.keeping([$0.rank - 1]) : $0 },
      OptimizerSlot("column") { $0.rank > 1 ? $0.keeping([$0.rank - 2]) : [0] },
    ]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let (parameter, gradient) = (inputs.parameter, inputs.gradient)
    let share = try inputs.step.pow(inputs("decay_exponent"))
    let square = try gradient * gradient
    var slots = inputs.slots
    var second: Tensor
    let epsilon = smallest(inputs)
    if parameter.rank > 1 {
      let (last, other) = (parameter.rank - 1, parameter.rank - 2)
      let rows = try square.mean([last], keepingAxes: true)
      let columns = try square.mean([other], keepingAxes: true)
      slots[0] = try moved(slots[0], to: rows, share)
      slots[1] = try moved(slots[1], to: columns, share)
      let mean = try slots[0].mean([other], keepingAxes: true).maximum(slots[0].like(epsilon))
      second = try slots[0] * slots[1] / mean
    } else {
      slots[0] = try moved(slots[0], to: square, share)
      second = slots[0]
    }
    let update = try 1 / second.maximum(second.like(epsilon * epsilon)).sqrt() * gradient
    let size =
      try scale(parameter).maximum(inputs("smallest_scale"))
      * inputs("learning_rate").minimum(1 / inputs.step.sqrt())
    let excess = try (scale(update) / inputs("clip")).maximum(update.like(1))
    return (try inputs.decayedParameter() - update * (size / excess), slots)
  }

  /// The root mean square.
  private func scale(_ tensor: Tensor) throws -> Tensor {
    try (tensor * tensor).sum().sqrt() / Double(tensor.count).squareRoot()
  }

  /// The share of the way from one to the other, exact at both ends.
  private func moved(_ old: Tensor, to new: Tensor, _ share: Tensor) throws -> Tensor {
    let way = try new - old
    return try share.lt(0.5).where(old + way * share, else: new - way * (1 - share))
  }

  private func smallest(_ inputs: OptimizerInputs) -> Double {
    let given = inputs.settings.number("epsilon")
    if given > 0 { return given }
    return inputs.parameter.dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
  }
}
