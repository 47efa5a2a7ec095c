import ExperimentStore
import Foundation
import Notation

/// The end of an ablation in a few lines: the arms, best first. The report has all statistics.
struct ResultTable {
  let plan: ExperimentPlan
  /// Reported cells of the plan.
  let cells: [CellRecord]

  private struct Row {
    let scores: ArmScores
    let mean: Double
    /// Difference to the baseline, larger being better or worse as the metric has it.
    var comparison: PairedComparison?
    var adjustedP: Double?
  }

  /// Columns: arm, mean with its interval, difference to the baseline with its interval and p of
  /// Wilcoxon's test after Holm, means of further metrics, failures, chosen values.
  ///
  /// - Throws: `StoreError.statistics`, for arms without scores.
  func lines() throws -> [String] {
    let rows = try self.rows()
    var header = ["arm", plan.metric]
    if let baseline = plan.baseline { header += ["vs \(baseline)", "p"] }
    header += plan.also + ["failed"]
    let hasChosen = plan.arms.contains { !$0.tuned.fields.isEmpty }
    if hasChosen { header.append("chosen") }
    let also = plan.also.map { ArmScores.collect(cells, plan, plan.description(of: $0)) }
    let body = try rows.map { row -> [String] in
      var line = [row.scores.arm, try Self.estimate(row)]
      if plan.baseline != nil { line += try Self.difference(row) }
      for scores in also {
        let mine = scores.first { $0.arm == row.scores.arm }?.values ?? []
        line.append((try? RunAggregate.mean.value(mine)).map(ValueText.short) ?? "")
      }
      line.append(row.scores.failures > 0 ? "\(row.scores.failures)/\(row.scores.count)" : "")
      let tuned = plan.arms.first { $0.name == row.scores.arm }?.tuned ?? JSONObject()
      if hasChosen {
        line.append(
          tuned.fields.map { "\($0.name) \(ValueText.short($0.value))" }.joined(separator: ", "))
      }
      return line
    }
    return Self.aligned([header] + body)
  }

  private func rows() throws -> [Row] {
    let all = ArmScores.collect(cells, plan, plan.decisive)
    var rows = try all.filter { $0.count > 0 }.map {
      Row(scores: $0, mean: try RunAggregate.mean.value($0.values))
    }
    let isMore = plan.decisive.maximize
    rows.sort { isMore ? $0.mean > $1.mean : $0.mean < $1.mean }
    guard let baseline = all.first(where: { $0.arm == plan.baseline }) else { return rows }
    for place in rows.indices where rows[place].scores.arm != baseline.arm {
      let pairs = rows[place].scores.paired(with: baseline)
      rows[place].comparison = try? PairedComparison(
        pairs.first, pairs.second, bootstrap: Bootstrap(resamples: 2000, level: plan.level))
    }
    let compared = rows.indices.filter { rows[$0].comparison != nil }
    let adjusted = HolmCorrection.adjusted(
      compared.map { rows[$0].comparison?.signedRank.pValue ?? 1 })
    for (place, value) in zip(compared, adjusted) { rows[place].adjustedP = value }
    return rows
  }

  private static func estimate(_ row: Row) throws -> String {
    guard row.scores.values.allSatisfy({ $0.count > 1 }) else { return ValueText.short(row.mean) }
    let interval = try StratifiedMean(row.scores.values).interval(level: 0.95)
    return text(row.mean, interval)
  }

  private static func difference(_ row: Row) throws -> [String] {
    guard let comparison = row.comparison, let p = row.adjustedP else { return ["", ""] }
    let sign = comparison.difference >= 0 ? "+" : ""
    return [
      sign + text(comparison.difference, try comparison.interval()), String(format: "%.2g", p),
    ]
  }

  private static func text(_ value: Double, _ interval: ConfidenceInterval) -> String {
    func digits(_ number: Double) -> String { String(format: "%.3g", number) }
    return "\(digits(value)) [\(digits(interval.lower)), \(digits(interval.upper))]"
  }

  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { cells in
      let padded = cells.enumerated().map { column, cell in
        cell.padding(toLength: max(widths[column], 1), withPad: " ", startingAt: 0)
      }
      return padded.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }
  }
}
