import TensorCore

/// Lion (Chen et al. 2023): the sign of a mixture of momentum and gradient, decay decoupled.
///
///     w = w (1 - rate decay) - rate sign(beta1 m + (1 - beta1) g),  m = beta2 m + (1 - beta2) g
struct Lion: Optimizer, Sendable {
  let name = "lion"
  let summary = "Steps of one size along the sign of the momentum."
  let settings = [
    Optimizers.learningRate(1e-4), Optimizers.decay("beta1", 0.9, "the gradient, for the step"),
    Optimizers.decay("beta2", 0.99, "the gradient, for what is kept"),
    Optimizers.weightDecay(0, "shrinks parameters by learning_rate times this"),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] { [OptimizerSlot("momentum")] }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let direction = try inputs.average(inputs.slots[0], inputs.gradient, decay: "beta1").sign()
    let momentum = try inputs.average(inputs.slots[0], inputs.gradient, decay: "beta2")
    let parameter = try inputs.decayedParameter() - direction * inputs("learning_rate")
    return (parameter, [momentum])
  }
}
