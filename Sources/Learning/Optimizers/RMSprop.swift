import TensorCore

/// RMSprop (Hinton 2012), centered and with momentum on request.
///
///     v = decay v + (1 - decay) g²,  a = decay a + (1 - decay) g
///     w = w - rate g / (sqrt(v - a²) + epsilon)         (a = 0 unless centered)
struct RMSprop: Optimizer, Sendable {
  let name = "rmsprop"
  let summary = "Gradient over the root of its mean square."
  let settings = [
    Optimizers.learningRate(0.01), Optimizers.decay("decay", 0.99, "the squared gradient"),
    Optimizers.epsilon(1e-8), Optimizers.penalty,
    SettingDeclaration("momentum", 0, "share of the last step kept", in: 0...1),
    SettingDeclaration("centered", false, "divide by the deviation from the mean gradient"),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    var slots = [OptimizerSlot("mean_square")]
    if settings.flag("centered") { slots.append(OptimizerSlot("mean")) }
    if settings.number("momentum") != 0 { slots.append(OptimizerSlot("momentum")) }
    return slots
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let gradient = try inputs.penalizedGradient()
    var slots = [try inputs.average(inputs.slots[0], gradient * gradient, decay: "decay")]
    var spread = slots[0]
    if inputs.flag("centered") {
      let mean = try inputs.average(inputs.slots[1], gradient, decay: "decay")
      slots.append(mean)
      // Rounding can push the difference below 0, where the root would be NaN.
      spread = try (spread - mean * mean).maximum(spread.like(0))
    }
    var direction = try gradient / (spread.sqrt() + inputs("epsilon"))
    if !inputs.isZero("momentum") {
      direction = try inputs.slots[slots.count] * inputs("momentum") + direction
      slots.append(direction)
    }
    return (try inputs.parameter - direction * inputs("learning_rate"), slots)
  }
}
