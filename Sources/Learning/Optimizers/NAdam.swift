import TensorCore

/// NAdam (Dozat 2016): Adam with Nesterov's look-ahead and a momentum that warms up.
///
///     mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)
///     w = w - rate ((1 - mu_t) / (1 - prod mu) g + mu_{t+1} / (1 - mu_{t+1} prod mu) m)
///           / (sqrt(v / (1 - beta2^t)) + epsilon)
struct NAdam: Optimizer, Sendable {
  let name = "nadam"
  let summary = "Adam with Nesterov momentum."
  let settings = [
    Optimizers.learningRate(0.002), Optimizers.beta1, Optimizers.beta2, Optimizers.epsilon(1e-8),
    Optimizers.weightDecay(0, "weight decay; an L2 penalty unless decoupled"),
    SettingDeclaration("momentum_decay", 0.004, "how fast the momentum warms up"),
    SettingDeclaration("decoupled_weight_decay", false, "shrink parameters instead"),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [
      OptimizerSlot("first_moment"), OptimizerSlot("second_moment"),
      .number("momentum_product", initial: 1),
    ]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let isDecoupled = inputs.flag("decoupled_weight_decay")
    let gradient = isDecoupled ? inputs.gradient : try inputs.penalizedGradient()
    let parameter = isDecoupled ? try inputs.decayedParameter() : inputs.parameter
    let now = try momentum(inputs, at: inputs.step)
    let next = try momentum(inputs, at: inputs.step + 1)
    let product = try inputs.slots[2] * now
    let first = try inputs.average(inputs.slots[0], gradient, decay: "beta1")
    let second = try inputs.average(inputs.slots[1], gradient * gradient, decay: "beta2")
    let divisor = try (second / inputs.correction("beta2")).sqrt() + inputs("epsilon")
    let rate = inputs("learning_rate")
    let ofGradient = try rate * (1 - now) / (1 - product)
    let ofMoment = try rate * next / (1 - product * next)
    let direction = try gradient * ofGradient + first * ofMoment
    return (try parameter - direction / divisor, [first, second, product])
  }

  private func momentum(_ inputs: OptimizerInputs, at step: Tensor) throws -> Tensor {
    let fade = try step.like(0.96).pow(step * inputs("momentum_decay"))
    return try inputs("beta1") * (1 - fade * 0.5)
  }
}
