import Learning
import Tasks
import TensorCore

/// One stage of training: batches in a reproducible order, one compiled plan a padded length.
///
/// The first batch of a length captures the model and the loss; from then on a step fills leaves,
/// sets the step's numbers and runs the plan, with no Lua and no allocation.
final class TrainingLoop {
  let model: LanguageModel
  let options: StageOptions
  let objective: any Objective
  let optimizer: OptimizerState
  private(set) var schedule: BatchSchedule
  private let rates: Schedule?
  private let rateTable: [Double]
  private let stepNumber: Handle
  private let noise: RandomStream
  private var plans: [Int: StepPlan] = [:]
  private let accumulator: GradientAccumulator?

  /// Steps done.
  private(set) var step = 0
  /// The plan that the latest step ran.
  private(set) var latest: StepPlan?

  /// Prepares a stage; nothing is computed yet.
  ///
  /// - Throws: `LearningError` for unknown optimizers, schedules and their options;
  ///   `BatchError` where the data makes no batch.
  init(
    _ model: LanguageModel, _ objective: any Objective, _ options: StageOptions,
    _ rules: TrainingRules = TrainingRules()
  ) throws {
    guard options.steps >= 0, options.batchSize > 0, options.microBatches > 0,
      options.batchSize % options.microBatches == 0
    else {
      throw LearningError(
        options.name,
        "steps \(options.steps) must not be negative, and micro_batches "
          + "\(options.microBatches) must divide batch \(options.batchSize)")
    }
    self.model = model
    self.objective = objective
    self.options = options
    var settings = options.optimizerSettings
    settings["learning_rate"] = .number(options.learningRate)
    optimizer = try OptimizerState(
      rules.optimizer ?? Optimizers.named(options.optimizer), settings: settings,
      for: model.store)
    rates = rules.rates == nil ? try TrainingLoop.rates(options) : nil
    rateTable = rules.rates ?? []
    let stream = RandomStream(seed: options.seed, name: options.name)
    noise = stream.child("dropout")
    let lengths = objective.exampleLengths
    schedule = try BatchSchedule(
      lengths: lengths, batchSize: options.batchSize,
      buckets: LengthBuckets(fitting: lengths, count: options.bucketCount),
      stream: stream.child("batches"))
    stepNumber = Handle(model.graph.hyperparameter(0))
    accumulator = options.microBatches > 1 ? try GradientAccumulator(model.store) : nil
  }

  private static func rates(_ options: StageOptions) throws -> Schedule {
    let declaration = try Schedules.named(options.schedule)
    var settings = options.scheduleSettings
    for parameter in declaration.parameters where settings[parameter.name] == nil {
      switch parameter.name {
      case "total_steps": settings["total_steps"] = .number(Double(options.steps))
      case "warmup_steps":
        settings["warmup_steps"] = .number((options.warmup * Double(options.steps)).rounded())
      default: break
      }
    }
    return try Schedule(
      options.schedule, baseRate: options.learningRate, settings: settings)
  }

  /// Whether all steps are done.
  var isDone: Bool { step >= options.steps }

  /// The learning rate of the next step.
  var learningRate: Double {
    rates?.rate(at: step) ?? rateTable[min(step, rateTable.count - 1)]
  }

  /// The place of the next batch in the order of batches.
  var position: BatchSchedule.Position { schedule.position }

  /// Does one step. One that fails or is stopped before parameters change leaves the loop where
  /// it was, so that it can be saved or tried again.
  func advance() throws {
    let (start, done, prepared) = (position, step, optimizer.step)
    do {
      try attempt()
    } catch {
      schedule.seek(to: start)
      step = done
      optimizer.takeBack(to: prepared)
      try accumulator?.clear()
      throw error
    }
  }

  private func attempt() throws {
    let batch = schedule.next()
    let plan = try plan(batch.length)
    let rate = learningRate
    step += 1
    model.graph.set(stepNumber.tensor, to: Double(step))
    try optimizer.prepareStep(learningRate: rate)
    try plan.run(
      batch, objective, step: step, padding: Int32(model.tokenizer.endOfText))
    latest = plan
  }

  /// What the latest step measured, by name; allocates.
  func metrics() throws -> [(name: String, value: Double)] {
    try latest?.metrics() ?? []
  }

  private func plan(_ length: Int) throws -> StepPlan {
    if let known = plans[length] { return known }
    let made = try StepPlan(
      model: model, objective: objective, optimizer: optimizer, options: options,
      length: length, accumulator: accumulator,
      noise: options.usesDropout ? (noise, stepNumber.tensor) : nil)
    plans[length] = made
    model.graph.sweep()
    return made
  }

  /// Goes on after `step` steps, the batches continuing at `position`.
  func resume(step: Int, position: BatchSchedule.Position) {
    self.step = step
    schedule.seek(to: position)
  }
}
