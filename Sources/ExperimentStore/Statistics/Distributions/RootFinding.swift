/// Inverts increasing functions by bisection, to the last bit that the function itself resolves.
enum RootFinding {
  /// Where an increasing function reaches a value.
  ///
  /// - Parameters:
  ///   - target: The value.
  ///   - range: Ends between which it is reached.
  ///   - function: Increasing over the range.
  /// - Returns: The smallest number found at which the function is not below the target.
  static func invert(
    _ target: Double, in range: ClosedRange<Double>, _ function: (Double) -> Double
  ) -> Double {
    var (low, high) = (range.lowerBound, range.upperBound)
    // Halving the distance ends at neighbouring numbers long before the limit.
    for _ in 0..<2200 {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { break }
      if function(middle) < target { low = middle } else { high = middle }
    }
    return high
  }

  /// A range from zero up whose upper end is beyond the target.
  static func bracket(_ target: Double, _ function: (Double) -> Double) -> ClosedRange<Double> {
    var high = 1.0
    while function(high) < target, high < 1e150 { high *= 2 }
    return 0...high
  }
}
