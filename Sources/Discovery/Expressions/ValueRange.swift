/// What values an expression can take, so that what is made up is seldom meaningless.
public enum ValueRange: Int, Sendable, Comparable, CaseIterable {
  /// Between 0 and 1.
  case unit
  /// 0 or more.
  case nonnegative
  /// Any number.
  case real

  /// Narrower ranges are less; an expression of a narrower one fits wherever a wider is wanted.
  public static func < (left: ValueRange, right: ValueRange) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Whether a number lies in it.
  func contains(_ number: Double) -> Bool {
    switch self {
    case .unit: (0...1).contains(number)
    case .nonnegative: number >= 0
    case .real: true
    }
  }
}
