import Foundation

/// Schedules that warm up linearly and then follow a curve, as Hugging Face `transformers`
/// defines them: the base rate times a factor.
enum WarmupSchedules {
  private static let warmup = SettingDeclaration(
    "warmup_steps", 0, "steps of linear warmup from 0", in: 0...Double.infinity)
  private static let total = SettingDeclaration(
    "total_steps", 1000, "steps until the end of the curve", in: 0...Double.infinity,
    isRequired: true)
  private static let halfCycles = SettingDeclaration(
    "cycles", 0.5, "waves of the cosine; 0.5 falls once to the end")
  private static let least = SettingDeclaration(
    "min_ratio", 0, "the final rate as a share of the base rate", in: 0...1)

  private static let lowest = SettingDeclaration(
    "min", 0, "the final rate itself, instead of min_ratio; 0: min_ratio holds",
    in: 0...Double.infinity)

  static let declarations: [ScheduleDeclaration] = [
    ScheduleDeclaration("constant", "The base rate, always.", []) { $0.base },
    ScheduleDeclaration(
      "constant_with_warmup", "Linear warmup, then the base rate.", [warmup]
    ) { $0.base * ($0.isWarmingUp ? $0.warmed : 1) },
    ScheduleDeclaration(
      "linear", "Linear warmup, then linearly to 0 at total_steps.", [warmup, total]
    ) { at in
      if at.isWarmingUp { return at.base * at.warmed }
      return at.base * max(0, (at.total - at.step) / max(1, at.total - at.warmup))
    },
    ScheduleDeclaration(
      "cosine", "Linear warmup, then a cosine to 0 at total_steps.", [warmup, total, halfCycles]
    ) { at in
      at.base * (at.isWarmingUp ? at.warmed : max(0, wave(at)))
    },
    ScheduleDeclaration(
      "cosine_with_restarts", "Linear warmup, then cosines to 0, starting anew `cycles` times.",
      [warmup, total, SettingDeclaration("cycles", 1, "how many falls", in: 0...Double.infinity)]
    ) { at in
      if at.isWarmingUp { return at.base * at.warmed }
      if at.progress >= 1 { return 0 }
      let phase = (at("cycles") * at.progress).truncatingRemainder(dividingBy: 1)
      return at.base * max(0, 0.5 * (1 + cos(Double.pi * phase)))
    },
    ScheduleDeclaration(
      "polynomial", "Linear warmup, then from the base rate to `end` as a power of what is left.",
      [
        warmup, total, SettingDeclaration("power", 1, "the exponent"),
        SettingDeclaration("end", 1e-7, "the final rate"),
      ], rate: polynomial),
    ScheduleDeclaration(
      "inverse_sqrt", "Linear warmup, then as the inverse square root of the step.",
      [
        warmup,
        SettingDeclaration(
          "timescale", 0, "the step at which the decay has the base rate; 0: the warmup, or 10000",
          in: 0...Double.infinity),
      ]
    ) { at in
      if at.isWarmingUp { return at.base * at.warmed }
      let fallback = at.warmup > 0 ? at.warmup : 10_000
      let timescale = at("timescale") > 0 ? at("timescale") : fallback
      return at.base / ((at.step + timescale - at.warmup) / timescale).squareRoot()
    },
    ScheduleDeclaration(
      "cosine_with_min_lr", "Linear warmup, then a cosine to min_ratio times the base rate.",
      [warmup, total, halfCycles, least, lowest]
    ) { at in
      if at.isWarmingUp { return at.base * at.warmed }
      return at.base * raised(wave(at), at)
    },
    ScheduleDeclaration(
      "cosine_warmup_with_min_lr",
      "Warmup from `warmup_ratio`, then a cosine to min_ratio times the base rate.",
      [
        warmup, total, halfCycles, least, lowest,
        SettingDeclaration(
          "warmup_ratio", -1, "the first rate as a share of the base rate; negative: 1 / warmup"),
      ], rate: cosineFromRatio),
    ScheduleDeclaration(
      "warmup_stable_decay", "Warmup, the base rate, then a decay to min_ratio times it.",
      [
        warmup, total,
        SettingDeclaration("decay_steps", 0, "steps of the decay", in: 0...Double.infinity),
        SettingDeclaration(
          "stable_steps", -1, "steps at the base rate; negative: what total_steps leaves"),
        SettingDeclaration("warmup_type", "linear", "curve of the warmup", choices: curves),
        SettingDeclaration("decay_type", "cosine", "curve of the decay", choices: curves),
        least, halfCycles,
      ], rate: warmupStableDecay),
  ]

  private static let curves = ["linear", "cosine", "1-sqrt"]

  /// The cosine wave after the warmup, 1 at its start.
  private static func wave(_ at: ScheduleMoment) -> Double {
    0.5 * (1 + cos(Double.pi * at("cycles") * 2 * at.progress))
  }

  /// A wave between 0 and 1, raised so that it ends at the least ratio.
  private static func raised(_ wave: Double, _ at: ScheduleMoment) -> Double {
    let least = at("min") > 0 ? at("min") / at.base : at("min_ratio")
    return max(0, wave * (1 - least) + least)
  }

  private static let polynomial: @Sendable (ScheduleMoment) -> Double = { at in
    if at.isWarmingUp { return at.base * at.warmed }
    let end = at("end")
    if at.step > at.total { return end }
    let left = 1 - (at.step - at.warmup) / max(1, at.total - at.warmup)
    return (at.base - end) * pow(left, at("power")) + end
  }

  private static let cosineFromRatio: @Sendable (ScheduleMoment) -> Double = { at in
    if at.isWarmingUp {
      let first = at("warmup_ratio")
      if first < 0 { return at.base * (at.step + 1) / max(1, at.warmup) }
      return at.base * (first + (1 - first) * at.step / max(1, at.warmup - 1))
    }
    let progress = (at.step - at.warmup + 1) / max(1, at.total - at.warmup)
    let wave = 0.5 * (1 + cos(Double.pi * at("cycles") * 2 * progress))
    return at.base * raised(wave, at)
  }

  private static let warmupStableDecay: @Sendable (ScheduleMoment) -> Double = { at in
    let least = at("min_ratio")
    let decay = at("decay_steps")
    let stable = at("stable_steps") >= 0 ? at("stable_steps") : at.total - at.warmup - decay
    let factor: Double
    if at.isWarmingUp {
      switch at.settings.text("warmup_type") {
      case "cosine": factor = 0.5 * (1 - cos(Double.pi * at.warmed))
      case "1-sqrt": factor = 1 - (1 - at.warmed).squareRoot()
      default: factor = at.warmed
      }
    } else if at.step < at.warmup + stable {
      return at.base
    } else if at.step < at.warmup + stable + decay {
      let progress = (at.step - at.warmup - stable) / max(1, decay)
      switch at.settings.text("decay_type") {
      case "linear": factor = 1 - progress
      case "1-sqrt": factor = 1 - progress.squareRoot()
      default: factor = 0.5 * (1 + cos(Double.pi * at("cycles") * 2 * progress))
      }
    } else {
      return at.base * least
    }
    return at.base * max(0, factor * (1 - least) + least)
  }
}
