import TensorCore

/// Rprop (Riedmiller and Braun 1993): each coordinate has its own step, which grows while the
/// gradient keeps its sign and shrinks when it turns; no step is taken at a turn.
struct Rprop: Optimizer, Sendable {
  let name = "rprop"
  let summary = "Steps of their own size along the sign of the gradient; full batches only."
  let settings = [
    Optimizers.learningRate(0.01),
    SettingDeclaration("shrink", 0.5, "factor of the step at a turn", in: 0...1),
    SettingDeclaration("grow", 1.2, "factor of the step otherwise", in: 1...Double.infinity),
    SettingDeclaration("smallest_step", 1e-6, "least step", in: 0...Double.infinity),
    SettingDeclaration("largest_step", 50, "greatest step", in: 0...Double.infinity),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [
      OptimizerSlot("previous_gradient"),
      OptimizerSlot("step_size", initial: settings.number("learning_rate")),
    ]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let agreement = try inputs.gradient * inputs.slots[0]
    let zero = agreement.like(0)
    let agrees = try agreement.gt(zero)
    let turns = try zero.gt(agreement)
    let kept = try turns.where(inputs("shrink"), else: agreement.like(1))
    let factor = try agrees.where(inputs("grow"), else: kept)
    let size = try (inputs.slots[1] * factor).maximum(inputs("smallest_step"))
      .minimum(inputs("largest_step"))
    let gradient = try turns.where(zero, else: inputs.gradient)
    return (try inputs.parameter - gradient.sign() * size, [gradient, size])
  }
}
