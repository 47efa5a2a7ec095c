/// Holm's step-down correction of several p values (Holm 1979).
public enum HolmCorrection {
  /// The adjusted p values: reject those at or below the threshold, and the chance of any false
  /// rejection stays below it.
  ///
  /// - Parameter pValues: In any order.
  /// - Returns: In the same order, in [0, 1].
  public static func adjusted(_ pValues: [Double]) -> [Double] {
    var result = pValues
    var highest = 0.0
    for (rank, index) in order(pValues).enumerated() {
      highest = max(highest, Double(pValues.count - rank) * pValues[index])
      result[index] = min(1, highest)
    }
    return result
  }

  /// The level at which each comparison's interval excludes zero exactly when Holm rejects it,
  /// given that the interval is dual to the test.
  ///
  /// The comparison with the smallest p of m gets 1 − α/m, the next 1 − α/(m − 1), and so on up
  /// to the first whose p is too large; the rest share its level.
  ///
  /// - Parameters:
  ///   - pValues: In any order.
  ///   - level: Joint level, such as 0.95.
  /// - Returns: One level a comparison, in the same order.
  public static func levels(_ pValues: [Double], level: Double) -> [Double] {
    var result = pValues
    var divisor = Double(pValues.count)
    for index in order(pValues) {
      result[index] = 1 - (1 - level) / divisor
      if pValues[index] <= (1 - level) / divisor { divisor = max(1, divisor - 1) }
    }
    return result
  }

  private static func order(_ pValues: [Double]) -> [Int] {
    pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
  }
}
