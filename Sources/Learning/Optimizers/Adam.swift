import TensorCore

/// Adam (Kingma and Ba 2015), the decay as an L2 penalty; AMSGrad (Reddi et al. 2018) on request.
///
///     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g²
///     w = w - rate m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
struct Adam: Optimizer, Sendable {
  let name = "adam"
  let summary = "Adaptive moments; weight decay as an L2 penalty."
  let settings: [SettingDeclaration] = Adam.declarations(Optimizers.penalty)

  static func declarations(_ decay: SettingDeclaration) -> [SettingDeclaration] {
    [
      Optimizers.learningRate(0.001), Optimizers.beta1, Optimizers.beta2,
      Optimizers.epsilon(1e-8), decay,
      SettingDeclaration("amsgrad", false, "divide by the largest second moment so far"),
    ]
  }

  func slots(_ settings: Settings) -> [OptimizerSlot] { Adam.moments(settings) }

  static func moments(_ settings: Settings) -> [OptimizerSlot] {
    let moments = [OptimizerSlot("first_moment"), OptimizerSlot("second_moment")]
    return settings.flag("amsgrad") ? moments + [OptimizerSlot("largest_second_moment")] : moments
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    try Adam.step(inputs, from: inputs.parameter, gradient: inputs.penalizedGradient())
  }

  static func step(
    _ inputs: OptimizerInputs, from parameter: Tensor, gradient: Tensor
  ) throws -> (parameter: Tensor, slots: [Tensor]) {
    let first = try inputs.average(inputs.slots[0], gradient, decay: "beta1")
    let second = try inputs.average(inputs.slots[1], gradient * gradient, decay: "beta2")
    var slots = [first, second]
    if inputs.flag("amsgrad") {
      slots.append(try inputs.slots[2].maximum(second))
    }
    let size = try inputs("learning_rate") / inputs.correction("beta1")
    let scale = try inputs.correction("beta2").rsqrt()
    let divisor = try slots[slots.count - 1].sqrt() * scale + inputs("epsilon")
    return (try parameter - first / divisor * size, slots)
  }
}
