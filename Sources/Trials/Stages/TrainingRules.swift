import Learning
import LuaBindings
import Methods

/// Rules of a stage that scripts wrote; nil where the native ones are used.
struct TrainingRules {
  /// The optimizer.
  var optimizer: (any Optimizer)?
  /// The rate of every step.
  var rates: [Double]?

  /// Native rules.
  init() {}

  /// The methods that the options name, where they name no native rule.
  ///
  /// - Throws: `LuaError` and `DeclarationError` from the scripts.
  init(_ options: StageOptions, _ catalogue: MethodCatalogue) throws {
    let natives = Optimizers.all.map(\.name)
    if let name = Self.method(options.optimizer, "optimizers", natives, catalogue) {
      optimizer = try catalogue.optimizer(name)
    }
    guard
      let name = Self.method(
        options.schedule, "schedules", Schedules.all.map(\.name), catalogue)
    else { return }
    let schedule = try catalogue.schedule(name)
    let stage: [String: ParameterValue] = [
      "total_steps": .integer(options.steps),
      "warmup_steps": .integer(Int((options.warmup * Double(options.steps)).rounded())),
    ]
    let declared = Set(schedule.parameters.map(\.name))
    let given = options.scheduleSettings.mapValues(ParameterValue.init)
    rates = try schedule.rates(
      options.steps, base: options.learningRate,
      stage.filter { declared.contains($0.key) }.merging(given) { $1 })
  }

  private static func method(
    _ name: String, _ family: String, _ natives: [String], _ catalogue: MethodCatalogue
  ) -> String? {
    if natives.contains(name) { return nil }
    if name.hasSuffix(".lua") { return name }
    let known = catalogue.library.entries.filter { $0.family == family }
    return known.first { $0.name == name || $0.stem == name }?.name
  }
}

extension ParameterValue {
  /// A setting as a parameter of a method.
  init(_ setting: Setting) {
    switch setting {
    case .number(let number): self = .number(number)
    case .numbers(let list): self = .other(.list(list))
    case .flag(let flag): self = .flag(flag)
    case .text(let text): self = .text(text)
    }
  }
}
