/// The part of a vertical axis that is worth showing.
enum ShownRange {
  /// How far one curve may reach above the usual reach of all.
  private static let farthest = 4.0

  /// All of the curves, less the far end of one that would flatten the others.
  static func of(_ series: [Figure.Series]) -> ClosedRange<Double>? {
    let finite = series.map { $0.y.filter(\.isFinite) }.filter { !$0.isEmpty }
    guard !finite.isEmpty else { return nil }
    let lows = finite.map { $0.min() ?? 0 }.sorted()
    let highs = finite.map { $0.max() ?? 0 }.sorted()
    let reaches = zip(lows, highs).map { max(abs($0), abs($1)) }.sorted()
    let usual = farthest * reaches[(reaches.count - 1) / 2]
    var low = max(lows[0], -max(usual, 1e-12))
    var high = min(highs[highs.count - 1], max(usual, 1e-12))
    if finite.count == 1 { (low, high) = (lows[0], highs[highs.count - 1]) }
    guard low < high else { return (low - 1)...(high + 1) }
    let margin = 0.04 * (high - low)
    return (low - margin)...(high + margin)
  }
}
