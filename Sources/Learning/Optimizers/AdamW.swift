import TensorCore

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): the parameter shrinks by
/// rate times decay before Adam's step.
struct AdamW: Optimizer, Sendable {
  let name = "adamw"
  let summary = "Adam with weight decay apart from the gradient."
  let settings: [SettingDeclaration] = Adam.declarations(Optimizers.shrinkage)

  func slots(_ settings: Settings) -> [OptimizerSlot] { Adam.moments(settings) }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    try Adam.step(inputs, from: inputs.decayedParameter(), gradient: inputs.gradient)
  }
}
