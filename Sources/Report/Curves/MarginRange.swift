/// The margins at which a loss is worth looking at.
enum MarginRange {
  private static let halves: [Double] = [1, 2, 5, 10, 20, 50, 100]
  /// Where no loss flattens.
  private static let usual = 10.0

  /// The smallest of some ranges beyond which the slopes hardly change, the widest of all losses.
  ///
  /// - Parameter curves: computes curves of all losses at some margins.
  /// - Returns: Half of the range, which has zero in its middle.
  static func half(_ curves: ([Double]) throws -> [MarginCurve]) rethrows -> Double {
    let places = halves.flatMap { [-$0, -$0 / 2, $0 / 2, $0] }
    let found = try curves(places).compactMap { curve -> Double? in
      let slopes = curve.slopes
      guard let low = slopes.min(), let high = slopes.max(), high > low,
        slopes.allSatisfy(\.isFinite)
      else { return nil }
      let index = halves.indices.first { index in
        let at = Array(slopes[(4 * index)..<(4 * index + 4)])
        let change = max(abs(at[0] - at[1]), abs(at[3] - at[2]))
        return change < 0.1 * (high - low) && isTelling(at, high - low)
      }
      return index.map { halves[$0] }
    }
    return found.max() ?? usual
  }

  /// Whether the slope differs between both ends, or the range holds only a flat piece.
  private static func isTelling(_ slopes: [Double], _ whole: Double) -> Bool {
    abs(slopes[3] - slopes[0]) > 0.5 * whole
  }

  /// Evenly spaced margins with zero among them.
  static func margins(_ range: ClosedRange<Double>, count: Int) -> [Double] {
    let width = range.upperBound - range.lowerBound
    return (0..<count).map { range.lowerBound + width * Double($0) / Double(count - 1) }
  }
}
