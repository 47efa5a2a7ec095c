import Foundation

/// Numbers as tables show them.
public enum NumberText {
  /// A few significant digits, without a trailing row of zeros.
  ///
  /// - Parameters:
  ///   - value: Any number.
  ///   - digits: Significant digits.
  /// - Returns: Such as `0.667`, `1.2e-05`, `NaN`.
  public static func short(_ value: Double, digits: Int = 4) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let text = String(format: "%.\(digits)g", value)
    return text == "-0" ? "0" : text
  }

  /// The digits after the point that show two significant ones of a width.
  ///
  /// - Parameter width: Such as that of an interval; what is not positive gives 3.
  /// - Returns: Between 0 and 6.
  public static func decimals(forWidth width: Double) -> Int {
    guard width > 0, width.isFinite else { return 3 }
    return min(6, max(0, 1 - Int(log10(width).rounded(.down))))
  }

  /// A value with fixed digits after the point.
  ///
  /// - Parameters:
  ///   - value: Any number.
  ///   - decimals: Digits after the point.
  /// - Returns: Such as `0.120`; zero without a sign.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return short(value) }
    let text = String(format: "%.\(decimals)f", value)
    return text.allSatisfy { "-0.".contains($0) } && text.hasPrefix("-")
      ? String(text.dropFirst()) : text
  }

  /// A p value: three decimals, or an upper bound.
  ///
  /// - Parameter value: In [0, 1].
  /// - Returns: Such as `0.031` or `<0.001`.
  public static func probability(_ value: Double) -> String {
    value < 0.001 ? "<0.001" : fixed(value, 3)
  }
}
