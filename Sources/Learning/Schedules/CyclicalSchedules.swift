import Foundation

/// Schedules that rise before they fall, once or again and again.
enum CyclicalSchedules {
  static let declarations: [ScheduleDeclaration] = [
    ScheduleDeclaration(
      "one_cycle", "Up to `max` and far down, once (torch OneCycleLR); ignores the base rate.",
      [
        SettingDeclaration("max", 0.1, "the highest rate", isRequired: true),
        SettingDeclaration(
          "total_steps", 1000, "steps of the cycle", in: 1...Double.infinity, isRequired: true),
        SettingDeclaration("rising_share", 0.3, "share of the steps going up", in: 0...1),
        SettingDeclaration("start_divisor", 25, "max over the first rate"),
        SettingDeclaration("end_divisor", 1e4, "first rate over the last"),
        SettingDeclaration(
          "anneal", "cosine", "curve of each phase", choices: ["cosine", "linear"]),
        SettingDeclaration(
          "three_phase", false, "fall as steeply as it rose before the last descent"),
      ], rate: oneCycle),
    ScheduleDeclaration(
      "cyclic", "To and fro between the base rate and `max` (torch CyclicLR).",
      [
        SettingDeclaration("max", 0.1, "the highest rate", isRequired: true),
        SettingDeclaration("up", 2000, "steps up", in: 1...Double.infinity),
        SettingDeclaration("down", 0, "steps down; 0: as many as up", in: 0...Double.infinity),
        SettingDeclaration(
          "mode", "triangular", "how the height changes",
          choices: ["triangular", "triangular2", "exp_range"]),
        SettingDeclaration("gamma", 1, "factor of the height at each step in exp_range"),
      ], rate: cyclic),
  ]

  private static let oneCycle: @Sendable (ScheduleMoment) -> Double = { at in
    let (top, total) = (at("max"), at("total_steps"))
    let bottom = top / at("start_divisor")
    let last = bottom / at("end_divisor")
    let rise = at("rising_share") * total
    var phases: [(end: Double, from: Double, to: Double)] = [
      (rise - 1, bottom, top), (total - 1, top, last),
    ]
    if at.settings.flag("three_phase") {
      phases = [(rise - 1, bottom, top), (2 * rise - 2, top, bottom), (total - 1, bottom, last)]
    }
    var start = 0.0
    for (index, phase) in phases.enumerated() {
      if at.step <= phase.end || index == phases.count - 1 {
        let share = (at.step - start) / (phase.end - start)
        if at.settings.text("anneal") == "linear" {
          return (phase.to - phase.from) * share + phase.from
        }
        return phase.to + (phase.from - phase.to) / 2 * (1 + cos(Double.pi * share))
      }
      start = phase.end
    }
    return last
  }

  private static let cyclic: @Sendable (ScheduleMoment) -> Double = { at in
    let up = at("up")
    let down = at("down") > 0 ? at("down") : up
    let total = up + down
    let cycle = (1 + at.step / total).rounded(.down)
    let x = 1 + at.step / total - cycle
    let share = up / total
    let scale = x <= share ? x / share : (x - 1) / (share - 1)
    let height = (at("max") - at.base) * scale
    switch at.settings.text("mode") {
    case "triangular2": return at.base + height / pow(2, cycle - 1)
    case "exp_range": return at.base + height * pow(at("gamma"), at.step)
    default: return at.base + height
    }
  }
}
