import TensorCore

/// Muon (Jordan et al. 2024): the momentum of a matrix, its singular values pushed towards one
/// by Newton-Schulz iterations, with decoupled decay. Matrices only.
struct Muon: Optimizer, Sendable {
  let name = "muon"
  let summary = "Orthogonalized momentum; for matrices only."
  let needsShapes = true
  let settings = [
    Optimizers.learningRate(0.001),
    Optimizers.weightDecay(0.1, "shrinks parameters by learning_rate times this"),
    SettingDeclaration("momentum", 0.95, "decay of the running average", in: 0...1),
    SettingDeclaration("nesterov", true, "look ahead along the momentum"),
    SettingDeclaration("iterations", 5, "Newton-Schulz iterations", in: 0...100),
    SettingDeclaration("coefficients", [3.4445, -4.775, 2.0315], "of the quintic iteration"),
    Optimizers.epsilon(1e-7),
    SettingDeclaration(
      "rate_scaling", "original", "how the rate depends on the shape",
      choices: ["original", "match_rms_adamw"]),
  ]

  func slots(_ settings: Settings) -> [OptimizerSlot] { [OptimizerSlot("momentum")] }

  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor]) {
    let shape = inputs.parameter.shape
    guard shape.rank == 2 else {
      throw LearningError(
        name, "a parameter has shape \(shape), expected a matrix; use another optimizer for it")
    }
    guard inputs.settings.numbers("coefficients").count == 3 else {
      throw LearningError(name, "`coefficients` must be three numbers")
    }
    let momentum = try inputs.average(inputs.slots[0], inputs.gradient, decay: "momentum")
    let direction =
      inputs.flag("nesterov")
      ? try inputs.average(momentum, inputs.gradient, decay: "momentum") : momentum
    let step = try orthogonalized(direction, inputs)
    let (rows, columns) = (Double(shape[0]), Double(shape[1]))
    let scaling =
      inputs.settings.text("rate_scaling") == "original"
      ? max(1, rows / columns).squareRoot() : 0.2 * max(rows, columns).squareRoot()
    let rate = try inputs("learning_rate") * scaling
    return (try inputs.decayedParameter() - step * rate, [momentum])
  }

  private func orthogonalized(_ matrix: Tensor, _ inputs: OptimizerInputs) throws -> Tensor {
    let list = inputs.settings.numbers("coefficients")
    let (a, b, c) = (list[0], list[1], list[2])
    let isTall = matrix.shape[0] > matrix.shape[1]
    var x = isTall ? try matrix.transpose() : matrix
    let norm = try (x * x).sum().sqrt().maximum(x.like(inputs.settings.number("epsilon")))
    x = try x / norm
    for _ in 0..<Int(inputs.settings.number("iterations")) {
      let gram = try x.matmul(x, transposeRight: true)
      let mixed = try gram * b + gram.matmul(gram) * c
      x = try x * a + mixed.matmul(x)
    }
    return isTall ? try x.transpose() : x
  }
}
