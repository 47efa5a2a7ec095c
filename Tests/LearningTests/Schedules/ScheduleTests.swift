import TestSupport
import Testing

@testable import Learning

@Suite struct ScheduleTests {
  /// The names and options of the reference lists in ours.
  static let names: [String: String] = [
    "torch_OneCycleLR": "one_cycle", "torch_LinearLR": "linear_factor",
    "torch_CosineAnnealingLR": "cosine_annealing", "torch_PolynomialLR": "polynomial_decay",
    "torch_StepLR": "step_decay", "torch_MultiStepLR": "multi_step_decay",
    "torch_ExponentialLR": "exponential_decay", "torch_ConstantLR": "constant_factor",
    "torch_CyclicLR": "cyclic",
    "torch_CosineAnnealingWarmRestarts": "cosine_annealing_warm_restarts",
  ]
  static let options: [String: String] = [
    "warmup": "warmup_steps", "total": "total_steps", "num_cycles": "cycles", "lr_end": "end",
    "min_lr_rate": "min_ratio", "min_lr_ratio": "min_ratio", "min_lr": "min",

    "num_decay_steps": "decay_steps",
    "num_stable_steps": "stable_steps", "warmup_lr_rate": "warmup_ratio", "max_lr": "max",
    "pct_start": "rising_share", "div_factor": "start_divisor", "final_div_factor": "end_divisor",
    "total_iters": "steps", "T_max": "half_period", "eta_min": "min", "step_size": "every",
    "T_0": "period", "T_mult": "multiplier", "step_size_up": "up", "step_size_down": "down",
  ]

  static func schedule(_ reference: GoldenCase) throws -> Schedule {
    let name = names[reference.name] ?? String(reference.name.dropFirst(3))
    let declared = try Schedules.named(name).parameters.map(\.name)
    var settings: [String: Setting] = [:]
    for (key, value) in reference.params {
      let option = options[key] ?? (key == "anneal_strategy" ? "anneal" : key)
      guard declared.contains(option) else { continue }
      switch value {
      case .flag(let flag): settings[option] = .flag(flag)
      case .text(let text): settings[option] = .text(text == "cos" ? "cosine" : text)
      case .array(let numbers, let dims):
        settings[option] = dims.isEmpty ? .number(numbers[0]) : .numbers(numbers)
      }
    }
    let base = (reference.params["base_lr"] ?? reference.params["base_lr_opt"])?.number
    return try Schedule(name, baseRate: base ?? 0.1, settings: settings)
  }

  @Test(.enabled(if: GoldenFile.exists("schedulers"), "reference values are absent"))
  func everySharedListIsReproduced() throws {
    try compare(GoldenFile(shared: "schedulers"))
  }

  @Test func everyListOfTheFixtureIsReproduced() throws {
    try compare(GoldenFile(fixture: "learning-rates"))
  }

  private func compare(_ file: GoldenFile) throws {
    #expect(file.cases.count > 20)
    for reference in file.cases {
      let schedule = try Self.schedule(reference)
      let expected = reference["out"]?.numbers ?? []
      let found = expected.indices.map { schedule.rate(at: $0) }
      #expect(!expected.isEmpty)
      #expect(
        relativeDifference(found, expected, floor: 1e-3) < 1e-10,
        "\(reference.name) \(reference.params)")
    }
  }

  @Test func warmupThenCosine() throws {
    let schedule = try Schedule(
      "cosine", baseRate: 0.2, settings: ["warmup_steps": .number(10), "total_steps": .number(110)])
    #expect(schedule.rate(at: 0) == 0)
    #expect(abs(schedule.rate(at: 5) - 0.1) < 1e-15)
    #expect(schedule.rate(at: 10) == 0.2)
    #expect(abs(schedule.rate(at: 60) - 0.1) < 1e-15)
    #expect(abs(schedule.rate(at: 110)) < 1e-15)
  }

  @Test func fallingSchedulesOfTorch() throws {
    let milestones = try Schedule(
      "multi_step_decay", baseRate: 1,
      settings: ["milestones": .numbers([3, 5]), "gamma": .number(0.5)])
    #expect((0..<7).map { milestones.rate(at: $0) } == [1, 1, 1, 0.5, 0.5, 0.25, 0.25])
    let restarts = try Schedule(
      "cosine_annealing_warm_restarts", baseRate: 1,
      settings: ["period": .number(2), "multiplier": .number(2)])
    #expect(restarts.rate(at: 2) == 1)
    #expect(restarts.rate(at: 6) == 1)
    #expect(abs(restarts.rate(at: 4) - 0.5) < 1e-15)
    let cyclic = try Schedule(
      "cyclic", baseRate: 0, settings: ["max": .number(1), "up": .number(2), "down": .number(4)])
    let expected = [0, 0.5, 1, 0.75, 0.5, 0.25, 0, 0.5]
    #expect(relativeDifference((0..<8).map { cyclic.rate(at: $0) }, expected) < 1e-14)
  }

  @Test func unknownNamesAndMissingTotalsAreErrors() {
    let error = #expect(throws: LearningError.self) { try Schedule("cosin", baseRate: 1) }
    #expect(error?.description.contains("did you mean \"cosine\"?") == true)
    #expect(throws: LearningError.self) { try Schedule("cosine", baseRate: 1) }
  }

  @Test func everyScheduleIsFiniteFromItsDefaults() throws {
    for declaration in Schedules.all {
      var settings: [String: Setting] = [:]
      for parameter in declaration.parameters where parameter.isRequired {
        settings[parameter.name] = parameter.defaultValue
      }
      let schedule = try Schedule(declaration.name, baseRate: 0.05, settings: settings)
      for step in 0..<1000 { #expect(schedule.rate(at: step).isFinite, "\(declaration.name)") }
    }
  }
}
