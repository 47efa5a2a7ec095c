/// Descriptive statistics in float64, summed with compensation (Neumaier 1974).
public enum Descriptive {
  /// Sums with an error of a few units in the last place of the exact sum of moderate data.
  ///
  /// - Parameter values: Any number of values.
  /// - Returns: The sum; zero of none.
  public static func sum(_ values: some Sequence<Double>) -> Double {
    var sum = 0.0
    var lost = 0.0
    for value in values {
      let next = sum + value
      lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    // With an infinity in the sum, what was lost is not a number.
    return sum.isFinite ? sum + lost : sum
  }

  /// The arithmetic mean.
  ///
  /// - Parameter values: At least one value.
  /// - Returns: The mean.
  /// - Throws: `StoreError.statistics` when there is no value.
  public static func mean(_ values: [Double]) throws -> Double {
    guard !values.isEmpty else { throw StoreError.statistics("the mean of no values") }
    return sum(values) / Double(values.count)
  }

  /// The unbiased sample variance, with n − 1 in the denominator.
  ///
  /// - Parameter values: At least two values.
  /// - Returns: The variance.
  /// - Throws: `StoreError.statistics` with fewer than two values.
  public static func variance(_ values: [Double]) throws -> Double {
    guard values.count > 1 else {
      throw StoreError.statistics("a variance needs at least 2 values, not \(values.count)")
    }
    let mean = try mean(values)
    return sum(values.map { ($0 - mean) * ($0 - mean) }) / Double(values.count - 1)
  }

  /// The standard error of the mean of independent values: √(variance / n).
  ///
  /// - Parameter values: At least two values.
  /// - Returns: The standard error.
  /// - Throws: `StoreError.statistics` with fewer than two values.
  public static func standardError(_ values: [Double]) throws -> Double {
    (try variance(values) / Double(values.count)).squareRoot()
  }

  /// The quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan).
  ///
  /// - Parameters:
  ///   - probability: In [0, 1].
  ///   - values: At least one value, in any order.
  /// - Returns: The quantile.
  /// - Throws: `StoreError.statistics` without values, with NaN among them, or for a probability
  ///   outside [0, 1].
  public static func quantile(_ probability: Double, of values: [Double]) throws -> Double {
    try quantile(probability, ofSorted: values.sorted())
  }

  static func quantile(_ probability: Double, ofSorted values: [Double]) throws -> Double {
    guard (0...1).contains(probability) else {
      throw StoreError.statistics("a quantile's probability is in [0, 1], not \(probability)")
    }
    guard !values.isEmpty, !values.contains(where: \.isNaN) else {
      throw StoreError.statistics("a quantile needs values, none of them NaN")
    }
    let position = probability * Double(values.count - 1)
    let below = Int(position)
    let above = min(below + 1, values.count - 1)
    let share = position - Double(below)
    return share == 0 ? values[below] : values[below] + share * (values[above] - values[below])
  }
}
