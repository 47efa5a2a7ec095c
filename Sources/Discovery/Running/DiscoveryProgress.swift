import Foundation
import Trials

/// Tells people how a search is getting on.
final class DiscoveryProgress {
  private let plan: DiscoveryPlan
  private let style: ProgressLine.Style
  private let line: ProgressLine
  private var steps: ProgressLine?

  init(_ plan: DiscoveryPlan, style: ProgressLine.Style) {
    self.plan = plan
    self.style = style
    let total = plan.budget.seconds.map { Int($0) } ?? plan.budget.evaluations ?? 0
    line = ProgressLine("discover", total: total, style: style)
  }

  func update(_ search: DiscoverySearch) {
    let done =
      plan.budget.seconds == nil
      ? search.archive.order.count : min(Int(search.seconds), Int(plan.budget.seconds ?? 0))
    guard line.wants(done) else { return }
    line.update(done, Self.words(search))
  }

  func finish(_ search: DiscoverySearch) { line.finish(Self.words(search)) }

  /// What is done after the search.
  func note(_ text: String) {
    guard style == .terminal else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text) ...".utf8))
  }

  private static func words(_ search: DiscoverySearch) -> String {
    let archive = search.archive
    var words = "\(archive.order.count) candidates, \(archive.best.count) kinds"
    if let best = archive.best.ranked.first {
      let base = search.baseline
      let mean = base.scores.validation.reduce(0, +) / Double(base.scores.validation.count)
      words +=
        String(
          format: ", best %.3f (%@ %.3f) ", best.mean, base.name, mean) + best.id
    }
    return words
  }
}
