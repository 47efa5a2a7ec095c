import TensorCore

/// Adamax (Kingma and Ba 2015): Adam with the largest recent gradient in place of the root of
/// the second moment.
///
///     m = beta1 m + (1 - beta1) g,  u = max(beta2 u, |g| + epsilon)
///     w = w - rate / (1 - beta1^t) m / u
struct Adamax: Optimizer, Sendable {
  let name = "adamax"
  let summary = "Adam scaled by the largest recent gradient."
  let settings = [
    Optimizers.learningRate(0.002), Optimizers.beta1,
    Optimizers.decay("beta2", 0.999, "the largest gradient"), Optimizers.epsilon(1e-8),
    Optimizers.penalty,
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [OptimizerSlot("first_moment"), OptimizerSlot("largest_gradient")]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let gradient = try inputs.penalizedGradient()
    let first = try inputs.average(inputs.slots[0], gradient, decay: "beta1")
    let size = try gradient.abs() + inputs("epsilon")
    let largest = try (inputs.slots[1] * inputs("beta2")).maximum(size)
    let rate = try inputs("learning_rate") / inputs.correction("beta1")
    return (try inputs.parameter - first / largest * rate, [first, largest])
  }
}
