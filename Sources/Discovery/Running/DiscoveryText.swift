import ExperimentStore
import Foundation
import Notation

/// What a run found, as lines for a terminal.
public struct DiscoveryText {
  private let result: DiscoveryRun.Result

  /// Tells of a result.
  public init(_ result: DiscoveryRun.Result) { self.result = result }

  private var archive: CandidateArchive { result.search.archive }

  private static func short(_ number: Double) -> String { String(format: "%.4f", number) }

  /// All lines.
  public var lines: [String] {
    counts + front + contenders + tables + claim
  }

  /// How many candidates came how far, and what it cost.
  public var counts: [String] {
    let records = archive.order.compactMap { archive[$0] }
    var lines = ["Candidates"]
    for (status, count) in archive.counts where count > 0 {
      let group = records.filter { $0.status == status }
      let trials = group.reduce(0) { $0 + $1.trials }
      let seconds = group.reduce(0.0) { $0 + ($1.gateSeconds ?? 0) + ($1.trialSeconds ?? 0) }
      lines.append(
        "  \(status.rawValue.padded(10)) \(String(count).padded(6)) \(trials) trials, "
          + String(format: "%.1f s", seconds))
    }
    let gates = records.compactMap(\.gateSeconds).sorted()
    if !gates.isEmpty {
      lines.append(
        String(
          format: "  first look: median %.1f ms, 95 %% below %.1f ms", 1e3 * gates[gates.count / 2],
          1e3 * gates[min(gates.count * 95 / 100, gates.count - 1)]))
    }
    if result.search.seconds > 0 {
      let rate = Double(records.count) / result.search.seconds * 3600
      lines.append("  \(Int(rate)) candidates an hour")
    }
    let audited = records.filter { $0.isAudit && $0.status == .finished }
    let screened = records.count { $0.status == .screened } + audited.count
    if !audited.isEmpty {
      let best = Set(archive.best.ranked.prefix(10).map(\.id))
      let lost = audited.count { best.contains($0.id) }
      lines.append(
        "  screening: \(screened) below the bar; of \(audited.count) that went on nonetheless "
          + "\(lost) came among the best ten")
    }
    return lines
  }

  /// Score against complexity.
  public var front: [String] {
    let front = ParetoFront.of(archive.best.elites)
    guard !front.isEmpty else { return [] }
    let base = result.search.baseline
    let lines = front.map { elite in
      let record = archive[elite.id]
      let formula = elite.genome.map(CandidateChunk.formula) ?? "(see the record)"
      let known = record?.equals.map { "  = \($0)" } ?? ""
      return "  \(String(elite.complexity).padded(5)) \(Self.short(elite.lower))  "
        + "\(Self.short(elite.mean))  \(elite.id.padded(12)) \(formula)\(known)"
    }
    return [
      "",
      "Score against complexity (lower bound and mean on the seeds of the search; "
        + "\(base.name) tuned: \(Self.short(base.lower)))",
    ] + lines
  }

  private var contenders: [String] {
    guard let verdict = result.verdict else { return [] }
    let lines = verdict.contenders.map { contender in
      "  \(contender.id.padded(12)) \(Self.short(contender.validation)) -> "
        + Self.short(contender.fresh)
    }
    return ["", "Elites on the seeds of the search -> on fresh seeds"] + lines
  }

  private var tables: [String] {
    (result.verdict?.tables ?? []).flatMap { table -> [String] in
      let base = table.arms.first { $0.name == result.search.plan.baseline }
      let lines = table.arms.map { arm -> String in
        let mean = arm.scores.reduce(0, +) / Double(max(arm.scores.count, 1))
        var line = "  \(arm.name.padded(10)) \(Self.short(mean))"
        if let base, base.name != arm.name,
          let gap = try? DiscoveryVerdict.difference(arm, base)
        {
          line +=
            "  \(Self.signed(gap.estimate)) [\(Self.signed(gap.lower)), "
            + "\(Self.signed(gap.upper))] to \(base.name)"
        }
        return line + "  (\(arm.detail); \(Self.settings(arm.configuration)))"
      }
      let count = table.arms.first?.scores.count ?? 0
      return ["", "\(count) final seeds, used once: \(table.task)"] + lines
    }
  }

  private var claim: [String] {
    guard let verdict = result.verdict, let found = verdict.tables.first?.arms.first,
      let record = archive[found.detail]
    else { return [] }
    let origin = record.origin.genome.flatMap(LossExpression.init).map(CandidateChunk.formula)
    let known = record.equals ?? record.nearest.map { "nearest: \($0.name), \($0.distance)" }
    return [
      "", "Finalist \(record.id): \(origin ?? "see the record")" + (known.map { " (\($0))" } ?? ""),
    ] + record.warnings.map { "  warning: \($0)" }
  }

  private static func signed(_ number: Double) -> String { String(format: "%+.4f", number) }

  private static func settings(_ object: JSONObject) -> String {
    object.fields.map { "\($0.name) \($0.value.compactText)" }.joined(separator: ", ")
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
