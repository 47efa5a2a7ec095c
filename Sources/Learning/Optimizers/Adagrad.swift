import TensorCore

/// Adagrad (Duchi et al. 2011): each coordinate divided by the root of all its squares so far.
///
///     s = s + g²,  w = w - rate / (1 + (t - 1) rate_decay) g / (sqrt(s) + epsilon)
struct Adagrad: Optimizer, Sendable {
  let name = "adagrad"
  let summary = "Gradient over the root of its summed squares."
  let settings = [
    Optimizers.learningRate(0.01),
    SettingDeclaration("rate_decay", 0, "how fast the rate falls", in: 0...Double.infinity),
    Optimizers.penalty,
    SettingDeclaration(
      "initial_sum", 0, "what the sums of squares begin with", in: 0...Double.infinity),
    Optimizers.epsilon(1e-10),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [OptimizerSlot("sum", initial: settings.number("initial_sum"))]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let gradient = try inputs.penalizedGradient()
    let sum = try inputs.slots[0] + gradient * gradient
    let rate = try inputs("learning_rate") / (1 + (inputs.step - 1) * inputs("rate_decay"))
    let direction = try gradient / (sum.sqrt() + inputs("epsilon"))
    return (try inputs.parameter - direction * rate, [sum])
  }
}
