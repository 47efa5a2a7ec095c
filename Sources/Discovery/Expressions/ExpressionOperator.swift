import Foundation

/// An operation of made-up losses. All have a finite value and derivative almost everywhere, so
/// that nonsense is rare rather than the rule.
public enum ExpressionOperator: String, Sendable, CaseIterable {
  case negate = "neg"
  case square, abs, relu, exp, softplus, sigmoid, tanh, log1p
  case add, sub, mul
  /// The first over one more than the second.
  case over
  case minimum, maximum
  /// The second where the first is above 0, else the third.
  case choose
  /// Of the whole batch.
  case mean
  /// The value, of which no derivative is taken.
  case hold

  /// The ranges that operands need for a result in `range`; nil where there are none.
  func operands(for range: ValueRange) -> [ValueRange]? {
    switch self {
    case .negate, .sub, .tanh: range == .real ? Array(repeating: .real, count: arity) : nil
    case .square, .abs, .relu, .exp, .softplus: range == .unit ? nil : [.real]
    case .sigmoid: [.real]
    case .log1p: range == .unit ? nil : [.nonnegative]
    case .add: range == .unit ? nil : [range, range]
    case .mul: [range, range]
    case .over: [range, .nonnegative]
    case .minimum: [range, range]
    case .maximum: range == .nonnegative ? [.real, .nonnegative] : [range, range]
    case .choose: [.real, range, range]
    case .mean, .hold: [range]
    }
  }

  /// Number of operands.
  public var arity: Int {
    switch self {
    case .negate, .square, .abs, .relu, .exp, .softplus, .sigmoid, .tanh, .log1p, .mean, .hold: 1
    case .add, .sub, .mul, .over, .minimum, .maximum: 2
    case .choose: 3
    }
  }

  /// The narrowest range that results lie in.
  func range(of operands: [ValueRange]) -> ValueRange {
    ValueRange.allCases.first { wanted in
      guard let needed = self.operands(for: wanted) else { return false }
      return zip(operands, needed).allSatisfy { $0 <= $1 }
    } ?? .real
  }

  /// The result for numbers.
  func evaluate(_ x: [Double]) -> Double {
    switch self {
    case .negate: -x[0]
    case .square: x[0] * x[0]
    case .abs: Swift.abs(x[0])
    case .relu: max(x[0], 0)
    case .exp: Foundation.exp(x[0])
    case .softplus: max(x[0], 0) + Foundation.log1p(Foundation.exp(-Swift.abs(x[0])))
    case .sigmoid: 1 / (1 + Foundation.exp(-x[0]))
    case .tanh: Foundation.tanh(x[0])
    case .log1p: Foundation.log1p(x[0])
    case .add: x[0] + x[1]
    case .sub: x[0] - x[1]
    case .mul: x[0] * x[1]
    case .over: x[0] / (1 + x[1])
    case .minimum: min(x[0], x[1])
    case .maximum: max(x[0], x[1])
    case .choose: x[0] > 0 ? x[1] : x[2]
    case .mean, .hold: x[0]
    }
  }

  /// How often it is made up, relative to the others.
  var weight: Int {
    switch self {
    case .negate, .sub, .mul, .add: 6
    case .sigmoid, .softplus, .exp, .relu, .square: 4
    case .tanh, .abs, .log1p, .maximum, .minimum: 2
    case .over, .choose, .mean, .hold: 1
    }
  }

  /// Whether the order of the operands changes nothing.
  var isSymmetric: Bool {
    switch self {
    case .add, .mul, .minimum, .maximum: true
    default: false
    }
  }
}
