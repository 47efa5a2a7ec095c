import Foundation

/// Student's t distribution, for means of few normal values whose variance is estimated.
public enum StudentT {
  /// The probability of a value up to `t`.
  ///
  /// - Parameters:
  ///   - t: Any number.
  ///   - degrees: Degrees of freedom, > 0, not necessarily whole.
  /// - Returns: In [0, 1], with full relative precision in the lower tail.
  public static func cumulative(_ t: Double, degrees: Double) -> Double {
    guard t != 0 else { return 0.5 }
    let tail: Double
    if t * t < 0.5 {
      // So near the middle the complement loses nothing.
      tail = 0.5 * (1 - IncompleteBeta.regularized(0.5, degrees / 2, t * t / (degrees + t * t)))
    } else {
      tail = 0.5 * IncompleteBeta.regularized(degrees / 2, 0.5, degrees / (degrees + t * t))
    }
    return t < 0 ? tail : 1 - tail
  }

  /// The value below which a share of the distribution lies.
  ///
  /// - Parameters:
  ///   - probability: In (0, 1).
  ///   - degrees: Degrees of freedom, > 0.
  /// - Returns: The quantile.
  /// - Throws: `StoreError.statistics` for arguments outside their ranges.
  public static func quantile(_ probability: Double, degrees: Double) throws -> Double {
    guard probability > 0, probability < 1, degrees > 0 else {
      throw StoreError.statistics(
        "a t quantile needs a probability in (0, 1) and degrees of freedom > 0, not "
          + "\(probability) and \(degrees)")
    }
    if probability > 0.5 { return -(try quantile(1 - probability, degrees: degrees)) }
    if probability == 0.5 { return 0 }
    // In the distance from zero, which keeps small and large quantiles equally precise.
    let reached = { (distance: Double) in 0.5 - cumulative(-distance, degrees: degrees) }
    if probability > 0.25 {
      let target = 0.5 - probability
      return -RootFinding.invert(target, in: RootFinding.bracket(target, reached), reached)
    }
    let tail = { (distance: Double) in -cumulative(-distance, degrees: degrees) }
    return -RootFinding.invert(
      -probability, in: RootFinding.bracket(-probability, tail), tail)
  }

  /// The two-sided p value of a t statistic.
  ///
  /// - Parameters:
  ///   - t: The statistic.
  ///   - degrees: Degrees of freedom, > 0.
  /// - Returns: In [0, 1]; 1 for a statistic that is not a number.
  public static func twoSided(_ t: Double, degrees: Double) -> Double {
    t.isNaN ? 1 : min(1, 2 * cumulative(-abs(t), degrees: degrees))
  }
}

/// The regularized incomplete beta function.
enum IncompleteBeta {
  /// I_x(a, b) by the continued fraction of DLMF 8.17.22, evaluated by Lentz's method.
  ///
  /// - Parameters:
  ///   - a: > 0.
  ///   - b: > 0.
  ///   - x: In [0, 1].
  /// - Returns: In [0, 1].
  static func regularized(_ a: Double, _ b: Double, _ x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on this side only.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - regularized(b, a, 1 - x) }
    let front =
      exp(
        lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front * fraction(a, b, x)
  }

  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var (numerator, denominator) = (1.0, 1 - (a + b) * x / (a + 1))
    denominator = 1 / (abs(denominator) < tiny ? tiny : denominator)
    var result = denominator
    for step in 1...10_000 {
      let m = Double(step)
      let terms = [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ]
      var change = 1.0
      for term in terms {
        denominator = 1 + term * denominator
        numerator = 1 + term / numerator
        if abs(denominator) < tiny { denominator = tiny }
        if abs(numerator) < tiny { numerator = tiny }
        denominator = 1 / denominator
        change = denominator * numerator
        result *= change
      }
      if abs(change - 1) < 1e-16 { break }
    }
    return result
  }
}
