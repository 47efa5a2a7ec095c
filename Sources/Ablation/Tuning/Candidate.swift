import ExperimentStore
import Notation

/// One setting that is tried for an arm, and what it gave so far.
struct Candidate {
  /// Place among the settings of its arm, from 0.
  let number: Int
  let point: [Double]
  /// The values of the searched parameters.
  let values: JSONObject
  /// One an instance (a seed on a task) in order: larger is better; nil where a trial gave nothing.
  var scores: [Double?] = []
  /// Means of the bounded metrics, by name.
  var bounded: [String: [Double]] = [:]
  var isPruned = false

  /// The mean score; a trial that gave nothing makes the setting the worst.
  var mean: Double {
    if scores.isEmpty || scores.contains(nil) { return -.infinity }
    return scores.reduce(0) { $0 + ($1 ?? 0) } / Double(scores.count)
  }

  /// How far the bounded means are outside, each in units of its bound.
  func excess(_ bounds: [MetricBound]) -> Double {
    bounds.reduce(0) { sum, bound in
      let values = bounded[bound.metric] ?? []
      guard !values.isEmpty else { return .infinity }
      let mean = values.reduce(0, +) / Double(values.count)
      let unit = max(abs(bound.most ?? bound.least ?? 1), 1e-12)
      return sum + bound.excess(mean) / unit
    }
  }

  /// Best first: whoever stayed longer, then what is within the bounds, then by mean, then by age.
  static func isBetter(_ a: Candidate, _ b: Candidate, _ bounds: [MetricBound]) -> Bool {
    if a.scores.count != b.scores.count { return a.scores.count > b.scores.count }
    let (left, right) = (a.excess(bounds), b.excess(bounds))
    if left != right { return left < right }
    return a.mean != b.mean ? a.mean > b.mean : a.number < b.number
  }
}

extension Pruning {
  /// Numbers of seeds after which candidates are compared, the last being all of them.
  func rungs(_ seeds: Int) -> [Int] {
    switch self {
    case .racing: return Array(1...seeds)
    case .halving(let factor):
      var rungs: [Int] = []
      var next = 1
      while next < seeds {
        rungs.append(next)
        next *= factor
      }
      return rungs + [seeds]
    }
  }

  /// Whether differences are above 0 by Wilcoxon's test, one-sided.
  private static func isAbove(_ differences: [Double], _ level: Double) -> Bool {
    guard differences.allSatisfy(\.isFinite), differences.contains(where: { $0 != 0 }),
      let test = try? SignedRankTest(differences)
    else { return false }
    let half = Double(test.count * (test.count + 1)) / 4
    return test.positiveRanks > half && test.pValue / 2 < level
  }

  /// The places of candidates that are given up: `candidates` are those that are left, with the
  /// same instances each, `incumbent` is the best setting of earlier rounds.
  func losers(
    _ candidates: [Candidate], incumbent: Candidate?, seeds: Int, _ bounds: [MetricBound]
  ) -> [Int] {
    let order = candidates.indices.sorted {
      Candidate.isBetter(candidates[$0], candidates[$1], bounds)
    }
    switch self {
    case .halving(let factor):
      let kept = max(1, (candidates.count + factor - 1) / factor)
      return Array(order.dropFirst(kept))
    case .racing(let level, let least):
      guard seeds >= least, let first = order.first else { return [] }
      var best = candidates[first]
      if var earlier = incumbent {
        // On the instances that all have seen.
        earlier.scores = Array(earlier.scores.prefix(best.scores.count))
        if Candidate.isBetter(earlier, best, bounds) { best = earlier }
      }
      return order.filter { place in
        let pairs = zip(best.scores, candidates[place].scores)
        if candidates[place].scores.contains(nil) { return true }
        guard candidates[place].number != best.number else { return false }
        return Self.isAbove(pairs.map { ($0 ?? -.infinity) - ($1 ?? -.infinity) }, level)
      }
    }
  }
}
