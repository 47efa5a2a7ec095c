import TensorCore

/// An update rule: how parameters and what it remembers of them follow from a gradient.
///
/// A rule builds graph and computes nothing, so one written in a script runs as fast as one
/// written here. Its numbers (rates, decays) reach it as 0-d tensors that change from step to step
/// without another plan.
public protocol Optimizer {
  /// The name in scripts.
  var name: String { get }
  /// One line: the rule, and what sets it apart.
  var summary: String { get }
  /// Its options with their defaults; `learning_rate` is one of them.
  var settings: [SettingDeclaration] { get }
  /// Whether it must see each parameter in its own shape rather than all as one vector.
  var needsShapes: Bool { get }

  /// What it remembers between steps.
  func slots(_ settings: Settings) -> [OptimizerSlot]

  /// One step: the new parameter, and the new slots in the order of `slots`.
  func update(_ inputs: OptimizerInputs) throws -> (parameter: Tensor, slots: [Tensor])
}

extension Optimizer {
  /// False: most rules are elementwise.
  public var needsShapes: Bool { false }
}

/// One thing that an optimizer remembers of a parameter.
public struct OptimizerSlot: Sendable {
  /// The name, also in checkpoints.
  public let name: String
  /// The number it holds before the first step.
  public let initial: Double
  /// Its extents, given those of the parameter.
  public let shape: @Sendable (Shape) -> Shape

  /// A slot shaped like the parameter, unless told otherwise.
  public init(
    _ name: String, initial: Double = 0, shape: @escaping @Sendable (Shape) -> Shape = { $0 }
  ) {
    self.name = name
    self.initial = initial
    self.shape = shape
  }

  /// One number for the whole parameter.
  public static func number(_ name: String, initial: Double) -> OptimizerSlot {
    OptimizerSlot(name, initial: initial) { _ in .scalar }
  }
}

/// What an update rule sees.
public struct OptimizerInputs {
  /// The parameter before the step.
  public let parameter: Tensor
  /// The derivative of the loss, of the parameter's shape.
  public let gradient: Tensor
  /// The slots before the step, in declared order.
  public let slots: [Tensor]
  /// The count of this step, 1 at the first; 0-d.
  public let step: Tensor
  /// The options, for decisions that shape the graph: switches and choices.
  public let settings: Settings
  let numbers: [String: Tensor]

  /// The option called `name`, as a 0-d tensor whose number may change between steps.
  public func callAsFunction(_ name: String) -> Tensor {
    numbers[name] ?? parameter.graph.weak(settings.number(name))
  }

  /// Whether the option is exactly 0, so that its term is left out of the graph; it must then
  /// stay 0.
  public func isZero(_ name: String) -> Bool { settings.number(name) == 0 }

  /// The switch called `name`.
  public func flag(_ name: String) -> Bool { settings.flag(name) }

  /// The gradient plus `weight_decay` times the parameter: the decay as an L2 penalty.
  func penalizedGradient() throws -> Tensor {
    if isZero("weight_decay") { return gradient }
    return try gradient + parameter * self("weight_decay")
  }

  /// The parameter shrunk by `learning_rate` times `weight_decay`: the decay decoupled from
  /// the gradient.
  func decayedParameter() throws -> Tensor {
    if isZero("weight_decay") { return parameter }
    return try parameter * (1 - self("learning_rate") * self("weight_decay"))
  }

  /// A running average: `average` moved by the share 1 - decay towards `value`.
  func average(_ average: Tensor, _ value: Tensor, decay: String) throws -> Tensor {
    try average * self(decay) + value * (1 - self(decay))
  }

  /// 1 - decay to the power of the step: what a running average from zero has seen so far.
  func correction(_ decay: String) throws -> Tensor {
    try 1 - self(decay).pow(step)
  }
}
