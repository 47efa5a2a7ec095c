import LuaBindings
import TensorCore

/// Looks for values and derivatives in float32 that are not finite, at margins to a limit.
struct FiniteCheck {
  let probe: LossProbe
  /// Parameters; the others have their defaults.
  var given: [String: ParameterValue] = [:]

  /// What was found over all margins.
  struct Finding {
    /// The first NaN, or an infinity whose exact value float32 can hold.
    var wrong: String?
    /// The first infinity whose exact value float32 cannot hold.
    var beyondRange: String?
  }

  private static let greatest = Double(Float.greatestFiniteMagnitude)

  /// Looks at log-ratios of both sides from a list of extremes, alone and in one batch.
  func run(limit: Double) throws -> Finding {
    let sizes = [0, 1e-4, 1, 10, 100, limit / 2, limit]
    let ratios = sizes + sizes.dropFirst().map { -$0 }
    var pairs: [(Double, Double)] = []
    for ratio in ratios {
      pairs += [(ratio, 0), (0, -ratio), (ratio / 2, -ratio / 2), (ratio, ratio)]
    }
    var finding = Finding()
    for (first, second) in pairs {
      try look([first], [second], &finding)
      if finding.wrong != nil { return finding }
    }
    try look(pairs.map(\.0), pairs.map(\.1), &finding)
    return finding
  }

  private func look(
    _ first: [Double], _ second: [Double], _ finding: inout Finding
  ) throws {
    let batch = ProbeBatch(probe.loss.contract, first, second)
    let single = try probe.outcome(batch, given, .float32)
    let numbers = single.values + single.gradients.joined()
    guard numbers.contains(where: { !$0.isFinite }) else { return }
    let exact = try probe.outcome(batch, given, .float64)
    let references = exact.values + exact.gradients.joined()
    for (place, number) in numbers.enumerated() where !number.isFinite {
      let what = place < single.values.count ? "the loss" : "a derivative"
      let row = place % first.count
      let where_ =
        first.count == 1
        ? "log-ratios \(first[row]) and \(second[row])"
        : "row \(row + 1) of a batch of extreme log-ratios"
      let text = "\(what) is \(number) in float32 at \(where_); exactly it is \(references[place])"
      if number.isNaN || abs(references[place]) < Self.greatest {
        finding.wrong = finding.wrong ?? text
      } else {
        finding.beyondRange = finding.beyondRange ?? text
      }
    }
  }
}
