import TensorCore

/// RAdam (Liu et al. 2020): Adam whose adaptive scale is held back while the second moment has
/// seen too few gradients, and rectified afterwards.
struct RAdam: Optimizer, Sendable {
  let name = "radam"
  let summary = "Adam with its first steps rectified."
  let settings = [
    Optimizers.learningRate(0.001), Optimizers.beta1, Optimizers.beta2, Optimizers.epsilon(1e-8),
    Optimizers.weightDecay(0, "weight decay; an L2 penalty unless decoupled"),
    SettingDeclaration("decoupled_weight_decay", false, "shrink parameters instead"),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [OptimizerSlot("first_moment"), OptimizerSlot("second_moment")]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let isDecoupled = inputs.flag("decoupled_weight_decay")
    let gradient = isDecoupled ? inputs.gradient : try inputs.penalizedGradient()
    let parameter = isDecoupled ? try inputs.decayedParameter() : inputs.parameter
    let first = try inputs.average(inputs.slots[0], gradient, decay: "beta1")
    let second = try inputs.average(inputs.slots[1], gradient * gradient, decay: "beta2")
    let rate = try inputs("learning_rate") / inputs.correction("beta1")
    let (isSettled, rectifier) = try rectification(inputs)
    let plain = try first * rate
    let scaled = try plain * rectifier / (second.sqrt() + inputs("epsilon"))
    return (try parameter - isSettled.where(scaled, else: plain), [first, second])
  }

  /// Whether the averaging length rho_t is above 5, and the factor of the adaptive step then.
  private func rectification(_ inputs: OptimizerInputs) throws -> (Tensor, Tensor) {
    let beta2 = inputs("beta2")
    let seen = try inputs.correction("beta2")
    let limit = try 2 / (1 - beta2) - 1
    let length = try limit - inputs.step * 2 * beta2.pow(inputs.step) / seen
    let isSettled = try length.gt(length.like(5))
    let safe = try isSettled.where(length, else: length.like(6))
    let share = try (safe - 4) * (safe - 2) * limit / ((limit - 4) * (limit - 2) * safe)
    return (isSettled, try share.sqrt() * seen.sqrt())
  }
}
