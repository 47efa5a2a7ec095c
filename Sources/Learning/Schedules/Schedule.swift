/// A kind of learning-rate schedule: everything the program knows about it, in one place.
public struct ScheduleDeclaration: Sendable {
  /// The name in scripts.
  public let name: String
  /// One line: the formula, and whose convention it is.
  public let summary: String
  /// What it takes beside the base rate.
  public let parameters: [SettingDeclaration]
  /// The rate at a step; a pure function.
  let rate: @Sendable (ScheduleMoment) -> Double

  init(
    _ name: String, _ summary: String, _ parameters: [SettingDeclaration],
    rate: @escaping @Sendable (ScheduleMoment) -> Double
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.rate = rate
  }
}

/// What a schedule's formula sees.
struct ScheduleMoment {
  /// Updates done before this one: 0 at the first.
  let step: Double
  /// The optimizer's own rate.
  let base: Double
  let settings: Settings

  func callAsFunction(_ name: String) -> Double { settings.number(name) }

  /// Steps of linear warmup.
  var warmup: Double { self("warmup_steps") }
  var total: Double { self("total_steps") }
  var isWarmingUp: Bool { step < warmup }
  /// The share of the warmup that is done.
  var warmed: Double { step / max(1, warmup) }
  /// The share of what follows the warmup that is done.
  var progress: Double { (step - warmup) / max(1, total - warmup) }
}

/// A learning rate as a pure function of the step: a kind with its settings and base rate.
///
/// The value at step k is the rate in force at update k, the first being update 0, as the lists
/// of PyTorch and Hugging Face `transformers` count.
public struct Schedule: Sendable {
  /// What kind of schedule it is.
  /// The kind.
  public let declaration: ScheduleDeclaration
  /// Its own options, defaults filled in.
  /// Its options.
  public let settings: Settings
  /// The rate that the schedule multiplies or begins from.
  public let baseRate: Double

  /// Sets up the schedule called `name`.
  ///
  /// - Parameters:
  ///   - name: a name of `Schedules.all`.
  ///   - baseRate: the optimizer's learning rate.
  ///   - settings: the schedule's own options, by name.
  /// - Throws: `LearningError` for an unknown name or option, naming the nearest.
  public init(_ name: String, baseRate: Double, settings: [String: Setting] = [:]) throws {
    let declaration = try Schedules.named(name)
    self.declaration = declaration
    self.baseRate = baseRate
    self.settings = try Settings(settings, declared: declaration.parameters, owner: name)
  }

  /// The rate in force at update `step`, counted from 0; fractional steps interpolate.
  public func rate(at step: Double) -> Double {
    declaration.rate(ScheduleMoment(step: step, base: baseRate, settings: settings))
  }

  /// The rate in force at update `step`, counted from 0.
  public func rate(at step: Int) -> Double { rate(at: Double(step)) }
}

/// Every schedule there is.
public enum Schedules {
  /// The declarations, in the order help lists them.
  public static let all: [ScheduleDeclaration] =
    WarmupSchedules.declarations + AnnealingSchedules.declarations
    + CyclicalSchedules.declarations

  /// The declaration called `name`.
  ///
  /// - Throws: `LearningError` naming the nearest when there is none.
  public static func named(_ name: String) throws -> ScheduleDeclaration {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw LearningError("schedule", unknown: name, kind: "schedule", among: all.map(\.name))
  }
}
