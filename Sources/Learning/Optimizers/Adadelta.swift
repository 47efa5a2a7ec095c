import TensorCore

/// Adadelta (Zeiler 2012): steps in the units of the parameter, from running averages of squares.
///
///     v = rho v + (1 - rho) g²,  d = sqrt(u + epsilon) / sqrt(v + epsilon) g
///     u = rho u + (1 - rho) d²,  w = w - rate d
struct Adadelta: Optimizer, Sendable {
  let name = "adadelta"
  let summary = "Gradient rescaled by the ratio of past steps to past gradients."
  let settings = [
    Optimizers.learningRate(1), Optimizers.decay("rho", 0.9, "the squares"),
    Optimizers.epsilon(1e-6), Optimizers.penalty,
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [OptimizerSlot("mean_square"), OptimizerSlot("mean_square_step")]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let gradient = try inputs.penalizedGradient()
    let square = try inputs.average(inputs.slots[0], gradient * gradient, decay: "rho")
    let reach = try (inputs.slots[1] + inputs("epsilon")).sqrt()
    let delta = try reach / (square + inputs("epsilon")).sqrt() * gradient
    let steps = try inputs.average(inputs.slots[1], delta * delta, decay: "rho")
    return (try inputs.parameter - delta * inputs("learning_rate"), [square, steps])
  }
}
