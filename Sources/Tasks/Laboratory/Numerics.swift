import Foundation

/// Sums and logarithms of short lists of float64.
enum Numerics {
  static func log(_ x: Double) -> Double { Foundation.log(x) }

  static func sigmoid(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }

  /// log of the sum of exponentials.
  static func logSumExp(_ values: some Sequence<Double>) -> Double {
    let list = Array(values)
    guard let top = list.max(), top.isFinite else { return list.max() ?? -.infinity }
    return top + Foundation.log(list.reduce(0) { $0 + exp($1 - top) })
  }

  /// Probabilities in proportion to exponentials.
  static func softmax(_ values: some Sequence<Double>) -> [Double] {
    let list = Array(values)
    let total = logSumExp(list)
    return list.map { exp($0 - total) }
  }

  /// Sum of p log(p / q), in which 0 log 0 is 0.
  static func divergence(_ p: some Sequence<Double>, _ q: some Sequence<Double>) -> Double {
    zip(p, q).reduce(0) { sum, pair in
      pair.0 > 0 ? sum + pair.0 * Foundation.log(pair.0 / pair.1) : sum
    }
  }

  /// Shifts and scales numbers to mean 0 and a standard deviation; equal numbers become 0.
  static func standardized(_ values: [Double], deviation: Double) -> [Double] {
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let size = (square / Double(max(values.count, 1))).squareRoot()
    return values.map { size > 1e-12 ? ($0 - mean) / size * deviation : 0 }
  }
}
