import TensorCore

/// Averaged gradient descent (Polyak and Juditsky 1992) with a falling rate.
///
///     w = w (1 - lambda eta) - eta g,  average = average + mu (w - average)
///     eta = rate / (1 + lambda rate t)^power,  mu = 1 / max(1, t - start)
struct ASGD: Optimizer, Sendable {
  let name = "asgd"
  let summary = "Gradient descent that also keeps the average of its iterates."
  let settings = [
    Optimizers.learningRate(0.01),
    SettingDeclaration("lambda", 1e-4, "decay of the parameters and of the rate"),
    SettingDeclaration("power", 0.75, "exponent of the falling rate"),
    SettingDeclaration("start", 1e6, "step after which iterates are averaged"),
    Optimizers.penalty,
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] {
    [
      OptimizerSlot("average"), .number("rate", initial: settings.number("learning_rate")),
      .number("averaging_share", initial: 1),
    ]
  }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let (average, eta, share) = (inputs.slots[0], inputs.slots[1], inputs.slots[2])
    let gradient = try inputs.penalizedGradient()
    let parameter = try inputs.parameter * (1 - inputs("lambda") * eta) - gradient * eta
    let moved = try average + (parameter - average) * share
    let rate = inputs("learning_rate")
    let fall = try (1 + inputs("lambda") * rate * inputs.step).pow(inputs("power"))
    let averaged = try (inputs.step - inputs("start")).maximum(inputs.step.like(1))
    let dtype = inputs.parameter.dtype
    return (
      parameter, [moved, try (rate / fall).cast(to: dtype), try (1 / averaged).cast(to: dtype)]
    )
  }
}
