/// Seconds a call took, one number a round.
struct Samples {
  private var sorted: [Double] = []

  mutating func add(_ seconds: Double) {
    let place = sorted.firstIndex { $0 > seconds } ?? sorted.count
    sorted.insert(seconds, at: place)
  }

  var count: Int { sorted.count }
  var least: Double { sorted.first ?? 0 }
  var median: Double { quantile(0.5) }
  /// The distance of the quartiles.
  var spread: Double { quantile(0.75) - quantile(0.25) }

  /// Between the two nearest numbers, linearly.
  func quantile(_ share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
