import Foundation

/// What a paired experiment of so many seeds can see, by the paired t test.
public enum DetectableEffect {
  /// The chance that the test finds a true difference.
  ///
  /// - Parameters:
  ///   - effect: The true mean difference over the standard deviation of the differences.
  ///   - pairs: Number of pairs, at least 2.
  ///   - threshold: Two-sided significance threshold, such as 0.05.
  /// - Returns: In [0, 1].
  /// - Throws: `StoreError.statistics` for arguments outside their ranges.
  public static func power(effect: Double, pairs: Int, threshold: Double) throws -> Double {
    guard pairs > 1, threshold > 0, threshold < 1 else {
      throw StoreError.statistics(
        "power needs at least 2 pairs and a threshold in (0, 1), not \(pairs) and \(threshold)")
    }
    let degrees = Double(pairs - 1)
    let critical = -(try StudentT.quantile(threshold / 2, degrees: degrees))
    let shift = effect * Double(pairs).squareRoot()
    return scaleAverage(degrees) { scale in
      NormalDistribution.cumulative(shift - critical * scale)
        + NormalDistribution.cumulative(-shift - critical * scale)
    }
  }

  /// The smallest true difference that the test finds with a given chance.
  ///
  /// - Parameters:
  ///   - pairs: Number of pairs, at least 2.
  ///   - threshold: Two-sided significance threshold.
  ///   - power: The chance, in (threshold, 1).
  /// - Returns: In standard deviations of the paired differences.
  /// - Throws: `StoreError.statistics` for arguments outside their ranges.
  public static func minimal(
    pairs: Int, threshold: Double = 0.05, power: Double = 0.8
  ) throws -> Double {
    guard power > threshold, power < 1 else {
      throw StoreError.statistics(
        "the power is between the threshold and 1, not \(power) at \(threshold)")
    }
    var high = 1.0
    while try self.power(effect: high, pairs: pairs, threshold: threshold) < power { high *= 2 }
    var low = 0.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let reached = try self.power(effect: middle, pairs: pairs, threshold: threshold)
      if reached < power { low = middle } else { high = middle }
    }
    return high
  }

  /// The mean of a function of √(χ²/ν), which is how an estimated standard deviation scatters
  /// around the true one, by Simpson's rule.
  private static func scaleAverage(_ degrees: Double, _ function: (Double) -> Double) -> Double {
    let half = degrees / 2
    let constant = log(2) + half * log(half) - lgamma(half)
    let density = { (scale: Double) -> Double in
      guard scale > 0 else { return degrees == 1 ? exp(constant) : 0 }
      return exp(constant + (degrees - 1) * log(scale) - half * scale * scale)
    }
    let spread = 10 / degrees.squareRoot()
    let (low, high) = (max(0, 1 - spread), 1 + spread)
    let intervals = 4000
    let width = (high - low) / Double(intervals)
    var sum = 0.0
    for index in 0...intervals {
      let scale = low + Double(index) * width
      let weight = index == 0 || index == intervals ? 1.0 : index % 2 == 1 ? 4 : 2
      sum += weight * density(scale) * function(scale)
    }
    return sum * width / 3
  }
}
