import TensorCore

/// Stochastic gradient descent with momentum, dampening and Nesterov's look-ahead.
///
///     v = momentum v + (1 - dampening) g      (v = g at the first step)
///     w = w - rate v                          (Nesterov: w - rate (g + momentum v))
struct SGD: Optimizer, Sendable {
  let name = "sgd"
  let summary = "Gradient descent, with momentum if asked for."
  let settings = [
    Optimizers.learningRate(0.001),
    SettingDeclaration("momentum", 0, "share of the last step kept", in: 0...1),
    SettingDeclaration("dampening", 0, "share of the gradient left out of the momentum"),
    Optimizers.penalty,
    SettingDeclaration("nesterov", false, "step from where the momentum will lead"),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    settings.number("momentum") == 0 ? [] : [OptimizerSlot("momentum")]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let rate = inputs("learning_rate")
    let gradient = try inputs.penalizedGradient()
    guard let old = inputs.slots.first else {
      return (try inputs.parameter - gradient * rate, [])
    }
    var added = gradient
    if !inputs.isZero("dampening") {
      let later = try inputs.step.gt(inputs.step.like(1))
      added = try gradient * later.where(1 - inputs("dampening"), else: inputs.step.like(1))
    }
    let velocity = try old * inputs("momentum") + added
    let direction =
      inputs.flag("nesterov") ? try gradient + velocity * inputs("momentum") : velocity
    return (try inputs.parameter - direction * rate, [velocity])
  }
}
