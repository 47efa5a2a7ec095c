import ExperimentStore
import Foundation
import Notation

/// Tables of an experiment as comma-separated values, for R, pandas and DuckDB.
///
/// Lines end in a line feed, fields are quoted where RFC 4180 asks for it, numbers have a point
/// and read back as the same float64; what is no number is `nan`, `inf` or `-inf`.
public enum TidyTables {
  /// One line a trial and metric.
  ///
  /// - Parameters:
  ///   - cells: The trials.
  ///   - plan: Its factors are columns.
  /// - Returns: The text, header first.
  public static func trials(_ cells: [CellRecord], _ plan: ExperimentPlan) -> String {
    let factors = plan.factors.map(\.name)
    let head =
      ["cell", "arm", "task"] + factors
      + ["seed", "split", "phase", "status", "seconds", "metric", "value"]
    var lines = [line(head)]
    for cell in cells {
      let own: [String] =
        [cell.id, cell.arm, cell.task ?? ""] + factors.map { text(cell.settings[$0]) }
        + [
          String(cell.seed), cell.split, cell.phase.rawValue, cell.status.rawValue,
          cell.seconds.map(number) ?? "",
        ]
      var measured = cell.metrics.fields.map { ($0.name, $0.value.double.map(number) ?? "") }
      // A failed trial keeps its line, so that nobody loses it by reading metrics alone.
      if measured.isEmpty { measured = [(plan.metric, "nan")] }
      for (name, value) in measured { lines.append(line(own + [name, value])) }
    }
    return lines.joined()
  }

  /// One line a trial, metric and step.
  ///
  /// - Parameter cells: The trials.
  /// - Returns: The text, header first.
  public static func curves(_ cells: [CellRecord]) -> String {
    var lines = [line(["cell", "arm", "task", "seed", "metric", "step", "value"])]
    for cell in cells {
      for curve in cell.curves {
        for (step, value) in zip(curve.steps, curve.values) {
          lines.append(
            line([
              cell.id, cell.arm, cell.task ?? "", String(cell.seed), curve.metric, number(step),
              number(value),
            ]))
        }
      }
    }
    return lines.joined()
  }

  /// One line an arm and metric: means, intervals and the comparison with the baseline.
  ///
  /// - Parameter analysis: What was analysed.
  /// - Returns: The text, header first.
  /// - Throws: `StoreError` for an interval that cannot be computed.
  public static func arms(_ analysis: ExperimentAnalysis) throws -> String {
    let head = [
      "arm", "metric", "trials", "failed", "mean", "lower", "upper", "bootstrap_lower",
      "bootstrap_upper", "difference", "difference_lower", "difference_upper", "p_t_holm",
      "p_wilcoxon_holm", "probability_of_improvement", "winner",
    ]
    var lines = [line(head)]
    for arm in analysis.arms {
      for (place, result) in arm.results.enumerated() {
        var fields = [
          arm.name, result.metric.name, String(arm.scores.count), String(arm.scores.failures),
          number(result.mean), end(result.interval?.lower), end(result.interval?.upper),
          end(result.bootstrap?.lower), end(result.bootstrap?.upper),
        ]
        let comparison = place == 0 ? arm.comparison : nil
        let interval = try comparison?.interval()
        fields += [
          end(interval?.estimate), end(interval?.lower), end(interval?.upper),
          end(comparison == nil ? nil : arm.adjustedP),
          end(comparison == nil ? nil : arm.adjustedWilcoxonP),
          end(comparison == nil ? nil : arm.improvement(analysis.metric)?.estimate),
          place == 0 ? String(arm.isWinner) : "",
        ]
        lines.append(line(fields))
      }
    }
    return lines.joined()
  }

  private static func end(_ value: Double?) -> String { value.map(number) ?? "" }

  /// A value as a field.
  static func text(_ value: JSONValue?) -> String {
    guard let value else { return "" }
    if let text = value.string { return text }
    return value.double.map(number) ?? value.compactText
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if let whole = Int64(exactly: value), abs(value) < 1e15 { return String(whole) }
    return value.description
  }

  static func line(_ fields: [String]) -> String {
    fields.map { field in
      field.contains(where: { ",\"\n\r".contains($0) })
        ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }.joined(separator: ",") + "\n"
  }
}
