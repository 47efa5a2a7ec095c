import ExperimentStore
import Notation

/// The numbers that the charts of a page draw.
struct PageData {
  /// Arms whose curves and profiles are drawn: more would hide each other.
  static let mostCurves = 8

  private let analysis: ExperimentAnalysis

  init(_ analysis: ExperimentAnalysis) { self.analysis = analysis }

  /// The best arms and the baseline, best first.
  var shownArms: [ArmSummary] {
    var shown = analysis.ranking.prefix(Self.mostCurves).map { analysis.arms[$0] }
    if let baseline = analysis.baseline, !shown.contains(where: { $0.name == baseline.name }) {
      shown[shown.count - 1] = baseline
    }
    return shown
  }

  /// Metrics that some shown arm has a curve of.
  var curveMetrics: [String] {
    var names: [String] = []
    for band in shownArms.flatMap(\.curves) where !names.contains(band.metric) {
      names.append(band.metric)
    }
    let first = analysis.metric.name
    return names.contains(first) ? [first] + names.filter { $0 != first } : names
  }

  var json: JSONValue {
    var object: JSONObject = ["metric": .string(axis(analysis.metric))]
    object["arms"] = .list(analysis.ranking.map { arm(analysis.arms[$0]) })
    object["curves"] = .list(curves)
    object["profile"] = profile
    object["importance"] = .list(
      analysis.importance.map {
        ["name": .string($0.name), "kind": .string($0.kind.rawValue), "share": .number($0.share)]
      })
    if let frontier = Frontier(analysis) {
      object["frontier"] = [
        "x": .string(axis(frontier.x)), "y": .string(axis(frontier.y)),
        "points": .list(
          frontier.points.map {
            [
              "arm": .string($0.arm), "x": number($0.x), "y": number($0.y),
              "optimal": .bool($0.isOptimal),
            ]
          }),
      ]
    }
    return .object(object)
  }

  private func axis(_ metric: ExperimentPlan.Metric) -> String {
    metric.name.replacing("_", with: " ") + (metric.unit.map { " (\($0))" } ?? "")
  }

  /// Charts take null for what is no number.
  private func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }

  private func arm(_ arm: ArmSummary) -> JSONValue {
    let interval = arm.results.first?.interval
    return [
      "name": .string(arm.name), "mean": number(arm.mean),
      "lower": number(interval?.lower ?? arm.mean), "upper": number(interval?.upper ?? arm.mean),
      "winner": .bool(arm.isWinner),
    ]
  }

  private var curves: [JSONValue] {
    shownArms.enumerated().flatMap { style, arm in
      arm.curves.map { band in
        [
          "arm": .string(arm.name), "metric": .string(band.metric),
          "style": .integer(Int64(style)), "steps": .list(band.steps.map(number)),
          "mean": .list(band.mean.map(number)), "lower": .list(band.lower.map(number)),
          "upper": .list(band.upper.map(number)),
        ]
      }
    }
  }

  private var profile: JSONValue? {
    let all = shownArms.flatMap { $0.scores.values.flatMap { $0 } }
    guard let low = all.min(), let high = all.max(), low < high else { return nil }
    let margin = 0.02 * (high - low)
    let thresholds = (0...60).map { low - margin + (high - low + 2 * margin) * Double($0) / 60 }
    let arms = shownArms.enumerated().compactMap { style, arm -> JSONValue? in
      let values = arm.scores.values.filter { !$0.isEmpty }
      guard let shares = try? PerformanceProfile.shares(values, above: thresholds) else {
        return nil
      }
      return [
        "name": .string(arm.name), "style": .integer(Int64(style)),
        "shares": .list(shares.map(number)),
      ]
    }
    return ["thresholds": .list(thresholds.map(number)), "arms": .list(arms)]
  }
}
