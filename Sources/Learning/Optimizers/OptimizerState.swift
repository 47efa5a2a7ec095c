import TensorCore

/// An update rule at work on one model: its slots, its options and the count of its steps.
///
/// `updates` is built once into a plan; before each run of it `prepareStep` sets the numbers. Where
/// a rule is elementwise it sees the whole model as one vector.
public final class OptimizerState {
  /// The rule.
  public let optimizer: any Optimizer
  /// The options in force.
  public private(set) var settings: Settings
  /// Steps prepared so far.
  public private(set) var step = 0
  /// What the rule remembers, each slot one flat leaf over all parameters.
  public let slots: [(name: String, leaf: Tensor)]

  /// The count of the step a plan is run for, 1 at the first: a weakly typed 0-d tensor.
  public var stepCount: Tensor { stepNumber.tensor }

  private let store: ParameterStore
  private let declared: [OptimizerSlot]
  /// Shapes the rule is applied to: every parameter's, or that of the flat vector.
  private let shapes: [Shape]
  private let handles: [Handle]
  private let stepNumber: Handle
  private let numbers: [(name: String, handle: Handle)]

  /// Sets up the slots of a rule for a model.
  ///
  /// - Parameters:
  ///   - optimizer: the rule.
  ///   - settings: its options by name; `maximize` (climb instead of descend) is everyone's.
  ///   - store: the model.
  /// - Throws: `LearningError` for unknown or bad options.
  public init(
    _ optimizer: any Optimizer, settings: [String: Setting] = [:], for store: ParameterStore
  ) throws {
    let declarations = optimizer.settings + [OptimizerState.maximize]
    self.optimizer = optimizer
    self.store = store
    self.settings = try Settings(settings, declared: declarations, owner: optimizer.name)
    let graph = store.graph
    declared = optimizer.slots(self.settings)
    let shapes =
      optimizer.needsShapes ? store.layout.entries.map(\.shape) : [[store.layout.count]]
    self.shapes = shapes
    handles = declared.map { slot in
      Handle(graph.empty([shapes.reduce(0) { $0 + slot.shape($1).count }], store.dtype))
    }
    slots = zip(declared, handles).map { ($0.name, $1.tensor) }
    stepNumber = Handle(graph.hyperparameter(1))
    var numbers: [(String, Handle)] = []
    for declaration in optimizer.settings {
      guard case .number(let value)? = self.settings.values[declaration.name] else { continue }
      numbers.append((declaration.name, Handle(graph.hyperparameter(value))))
    }
    self.numbers = numbers
    try reset()
  }

  private static let maximize = SettingDeclaration(
    "maximize", false, "climb the objective instead of descending")

  /// Forgets all steps: the slots are as at the beginning.
  public func reset() throws {
    step = 0
    for (slot, handle) in zip(declared, handles) {
      try handle.tensor.withMutableBytes { bytes in
        switch store.dtype {
        case .float32: bytes.bindMemory(to: Float.self).update(repeating: Float(slot.initial))
        default: bytes.bindMemory(to: Double.self).update(repeating: slot.initial)
        }
      }
    }
  }

  /// Takes up after `step` steps, with slots that were saved then.
  ///
  /// - Parameters:
  ///   - step: steps done.
  ///   - slots: the bytes of every slot, in declared order.
  /// - Throws: `LearningError` when they do not fit.
  public func restore(step: Int, slots: [[UInt8]]) throws {
    guard slots.count == handles.count,
      zip(slots, handles).allSatisfy({ $0.count == $1.tensor.count * store.dtype.size })
    else {
      throw LearningError(
        optimizer.name, "the saved slots do not fit \(handles.count) slots of this model")
    }
    for (bytes, handle) in zip(slots, handles) {
      try handle.tensor.withMutableBytes { target in
        bytes.withUnsafeBytes { target.copyMemory(from: $0) }
      }
    }
    self.step = step
  }

  /// The bytes of every slot in declared order, for `restore`.
  public func savedSlots() throws -> [[UInt8]] {
    try handles.map { try $0.tensor.withMutableBytes { [UInt8]($0) } }
  }

  // MARK: Steps

  /// Counts one more step and sets its numbers; to be called before each run of the plan.
  ///
  /// - Parameter learningRate: the rate of this step; the option's value when nil.
  /// - Throws: `LearningError` when the rule has no rate to set.
  public func prepareStep(learningRate: Double? = nil) throws {
    step += 1
    store.graph.set(stepNumber.tensor, to: Double(step))
    let rate = learningRate ?? settings.number("learning_rate")
    if !rate.isNaN { try set("learning_rate", to: rate) }
  }

  /// Takes back steps that were prepared and whose plans did not run.
  ///
  /// - Parameter step: the steps that were done.
  public func takeBack(to step: Int) { self.step = min(step, self.step) }

  /// Changes the number of an option; plans built earlier read it at their next run.
  ///
  /// - Throws: `LearningError` for an unknown name, and for an option that was 0 when the rule
  ///   was set up and so has no place in its graph.
  public func set(_ name: String, to value: Double) throws {
    guard let number = numbers.first(where: { $0.name == name }) else {
      throw LearningError(
        optimizer.name, unknown: name, kind: "number", among: numbers.map(\.name))
    }
    if name != "learning_rate", settings.number(name) == 0, value != 0 {
      throw LearningError(
        optimizer.name, "`\(name)` was 0 when the optimizer was made and cannot become \(value)")
    }
    store.graph.set(number.handle.tensor, to: value)
  }

  /// The updates of one step, for `Graph.compile`: the parameters, then the slots.
  ///
  /// - Parameters:
  ///   - gradient: derivatives of the loss, flat, as `ParameterStore.gradient` gives.
  ///   - learningRate: a rate that is computed, such as a schedule over `stepCount` written in a
  ///     script: 0-d, weakly typed; nil for the number that `prepareStep` sets.
  /// - Returns: each leaf and its new value.
  /// - Throws: `LearningError` when the gradient, or what the rule returns, has another shape.
  public func updates(
    gradient: Tensor, learningRate: Tensor? = nil
  ) throws -> [(target: Tensor, value: Tensor)] {
    guard gradient.shape == [store.layout.count] else {
      throw LearningError(
        optimizer.name,
        "the gradient has shape \(gradient.shape), expected [\(store.layout.count)]")
    }
    let direction = settings.flag("maximize") ? try -gradient : gradient
    var named = Dictionary(uniqueKeysWithValues: numbers.map { ($0.name, $0.handle.tensor) })
    if let learningRate { named["learning_rate"] = learningRate }
    var parameters: [Tensor] = []
    var slotParts = [[Tensor]](repeating: [], count: declared.count)
    for (place, shape) in shapes.enumerated() {
      let result = try optimizer.update(
        OptimizerInputs(
          parameter: part(of: store.flat, place, shape) { $0 },
          gradient: part(of: direction, place, shape) { $0 },
          slots: zip(declared, handles).map { slot, handle in
            try part(of: handle.tensor, place, slot.shape(shape), slot.shape)
          },
          step: stepNumber.tensor, settings: settings, numbers: named))
      try check(result, shape)
      parameters.append(try result.parameter.reshape(to: [shape.count]))
      for (index, slot) in result.slots.enumerated() {
        slotParts[index].append(try slot.reshape(to: [slot.count]))
      }
    }
    let graph = store.graph
    let values =
      try [graph.concatenate(parameters, axis: 0)]
      + slotParts.map { try graph.concatenate($0, axis: 0) }
    return zip([store.flat] + handles.map(\.tensor), values).map { ($0, $1) }
  }

  /// The part of a flat vector that belongs to one of `shapes`.
  private func part(
    of flat: Tensor, _ place: Int, _ shape: Shape, _ slotShape: (Shape) -> Shape
  ) throws -> Tensor {
    let start = shapes[..<place].reduce(0) { $0 + slotShape($1).count }
    return try flat.slice(0, start: start, count: shape.count).reshape(to: shape)
  }

  private func check(
    _ result: (parameter: Tensor, slots: [Tensor]), _ shape: Shape
  ) throws {
    guard result.slots.count == declared.count else {
      throw LearningError(
        optimizer.name,
        "the rule returned \(result.slots.count) slots, it declares \(declared.count)")
    }
    let expected = [("parameter", shape)] + declared.map { ($0.name, $0.shape(shape)) }
    for (value, (name, shape)) in zip([result.parameter] + result.slots, expected)
    where value.shape != shape || value.dtype != store.dtype {
      throw LearningError(
        optimizer.name,
        "the new \(name) is \(value.dtype.name) \(value.shape), expected "
          + "\(store.dtype.name) \(shape)")
    }
  }
}
