import Foundation

/// The standard normal distribution.
public enum NormalDistribution {
  /// The probability of a value up to `z`.
  ///
  /// - Parameter z: Any number, in standard deviations.
  /// - Returns: In [0, 1], with full relative precision in the lower tail.
  public static func cumulative(_ z: Double) -> Double {
    0.5 * erfc(-z / 2.0.squareRoot())
  }

  /// The value below which a share of the distribution lies.
  ///
  /// - Parameter probability: In (0, 1).
  /// - Returns: The quantile, in standard deviations.
  /// - Throws: `StoreError.statistics` for a probability outside (0, 1).
  public static func quantile(_ probability: Double) throws -> Double {
    guard probability > 0, probability < 1 else {
      throw StoreError.statistics("a quantile's probability is in (0, 1), not \(probability)")
    }
    if probability == 0.5 { return 0 }
    if probability > 0.5 { return -(try quantile(1 - probability)) }
    return RootFinding.invert(probability, in: -39...0, cumulative)
  }
}
