import Foundation

/// Schedules that fall once, in closed form, as PyTorch's `lr_scheduler` defines them.
enum AnnealingSchedules {
  private static func steps(_ name: String, _ count: Double, _ summary: String)
    -> SettingDeclaration
  {
    SettingDeclaration(name, count, summary, in: 0...Double.infinity)
  }

  private static func gamma(_ value: Double) -> SettingDeclaration {
    SettingDeclaration("gamma", value, "factor of each fall")
  }

  static let declarations: [ScheduleDeclaration] = [
    ScheduleDeclaration(
      "linear_factor", "The base rate times a factor that moves linearly (torch LinearLR).",
      [
        SettingDeclaration("start_factor", 1.0 / 3, "the first factor"),
        SettingDeclaration("end_factor", 1, "the factor from steps on"),
        steps("steps", 5, "steps until end_factor"),
      ]
    ) { at in
      let share = at("steps") > 0 ? min(at("steps"), at.step) / at("steps") : 1
      return at.base * (at("start_factor") + (at("end_factor") - at("start_factor")) * share)
    },
    ScheduleDeclaration(
      "constant_factor", "The base rate times a factor for the first steps (torch ConstantLR).",
      [
        SettingDeclaration("factor", 1.0 / 3, "the factor"),
        steps("steps", 5, "steps that the factor applies to"),
      ]
    ) { $0.base * ($0.step < $0("steps") ? $0("factor") : 1) },
    ScheduleDeclaration(
      "polynomial_decay", "To 0 as a power of what is left of `steps` (torch PolynomialLR).",
      [steps("steps", 5, "steps until 0"), SettingDeclaration("power", 1, "the exponent")]
    ) { at in
      at.base * pow(1 - min(at("steps"), at.step) / max(1, at("steps")), at("power"))
    },
    ScheduleDeclaration(
      "exponential_decay", "Falls by gamma at each step (torch ExponentialLR).", [gamma(0.99)]
    ) { $0.base * pow($0("gamma"), $0.step) },
    ScheduleDeclaration(
      "step_decay", "Falls by gamma every so many steps (torch StepLR).",
      [
        SettingDeclaration("every", 100, "steps between falls", in: 1...Double.infinity),
        gamma(0.1),
      ]
    ) { $0.base * pow($0("gamma"), ($0.step / $0("every")).rounded(.down)) },
    ScheduleDeclaration(
      "multi_step_decay", "Falls by gamma at each milestone (torch MultiStepLR).",
      [SettingDeclaration("milestones", [], "the steps of the falls"), gamma(0.1)]
    ) { at in
      let passed = at.settings.numbers("milestones").filter { $0 <= at.step }.count
      return at.base * pow(at("gamma"), Double(passed))
    },
    ScheduleDeclaration(
      "cosine_annealing", "A cosine between the base rate and `min` (torch CosineAnnealingLR).",
      [
        SettingDeclaration("half_period", 100, "steps from top to bottom", in: 1...Double.infinity),
        SettingDeclaration("min", 0, "the lowest rate"),
      ]
    ) { at in
      let wave = (1 + cos(Double.pi * at.step / at("half_period"))) / 2
      return at("min") + (at.base - at("min")) * wave
    },
    ScheduleDeclaration(
      "cosine_annealing_warm_restarts",
      "Cosines that start anew, each period longer (torch CosineAnnealingWarmRestarts).",
      [
        SettingDeclaration("period", 100, "steps of the first fall", in: 1...Double.infinity),
        SettingDeclaration(
          "multiplier", 1, "each period over the one before", in: 1...Double.infinity),
        SettingDeclaration("min", 0, "the lowest rate"),
      ], rate: warmRestarts),
  ]

  private static let warmRestarts: @Sendable (ScheduleMoment) -> Double = { at in
    var period = at("period")
    var start = 0.0
    if at("multiplier") == 1 {
      start = (at.step / period).rounded(.down) * period
    } else {
      while at.step >= start + period {
        start += period
        period *= at("multiplier")
      }
    }
    let wave = (1 + cos(Double.pi * (at.step - start) / period)) / 2
    return at("min") + (at.base - at("min")) * wave
  }
}
