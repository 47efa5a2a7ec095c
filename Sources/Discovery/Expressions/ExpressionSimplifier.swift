import Foundation

/// Shorter expressions of the same loss, so that search does not fill up with what changes
/// nothing. What the graph finds equal beyond that is counted there.
extension LossExpression {
  /// The same loss, up to an added constant and a positive factor, in fewer nodes.
  public var simplified: LossExpression {
    var current = self
    for _ in 0..<12 {
      let next = current.folded.withoutScale
      if next == current { break }
      current = next
    }
    return current
  }

  /// Adding a constant and scaling change no optimum.
  private var withoutScale: LossExpression {
    guard case .operation(let operation, let operands) = self, operands.count == 2 else {
      return self
    }
    switch (operation, operands[0], operands[1]) {
    case (.add, .constant, let rest), (.add, let rest, .constant), (.sub, let rest, .constant):
      return rest
    case (.sub, .constant, let rest): return .operation(.negate, [rest])
    case (.mul, .constant(let factor), let rest) where factor > 0: return rest
    case (.mul, .constant(let factor), let rest) where factor < 0:
      return .operation(.negate, [rest])
    default: return self
    }
  }

  /// Operands first, then the node itself.
  private var folded: LossExpression {
    guard case .operation(let operation, let unfolded) = self else { return self }
    var operands = unfolded.map(\.folded)
    let numbers = operands.compactMap(\.number)
    if numbers.count == operands.count {
      let value = operation.evaluate(numbers)
      if value.isFinite { return .constant(Self.rounded(value, digits: 6)) }
    }
    // One order for both of two equal sums; constants come first.
    if operation.isSymmetric, Self.comes(operands[1], before: operands[0]) { operands.swapAt(0, 1) }
    let node = LossExpression.operation(operation, operands)
    return operands.count == 1
      ? Self.unary(operation, operands[0]) ?? node
      : Self.binary(operation, operands) ?? node
  }

  /// The constant, if it is one.
  var number: Double? {
    if case .constant(let number) = self { return number }
    return nil
  }

  private var negated: LossExpression? {
    if case .operation(.negate, let operands) = self { return operands[0] }
    return nil
  }

  private static func comes(_ one: LossExpression, before other: LossExpression) -> Bool {
    let isConstant = (one.number != nil, other.number != nil)
    if isConstant.0 != isConstant.1 { return isConstant.0 }
    return one.description < other.description
  }

  private static func unary(
    _ operation: ExpressionOperator, _ operand: LossExpression
  ) -> LossExpression? {
    switch operation {
    case .negate:
      if let inner = operand.negated { return inner }
      if case .operation(.sub, let parts) = operand {
        return .operation(.sub, [parts[1], parts[0]])
      }
      if case .operation(.mul, let parts) = operand, let factor = parts[0].number {
        return .operation(.mul, [.constant(-factor), parts[1]])
      }
    case .square, .abs:
      if let inner = operand.negated { return .operation(operation, [inner]) }
      if case .operation(.abs, let parts) = operand { return .operation(operation, parts) }
      if operation == .abs, operand.range <= .nonnegative { return operand }
    case .relu: return operand.range <= .nonnegative ? operand : nil
    case .mean, .hold:
      if case .operation(let inner, _) = operand, inner == operation { return operand }
    default: break
    }
    return nil
  }

  private static func binary(
    _ operation: ExpressionOperator, _ operands: [LossExpression]
  ) -> LossExpression? {
    let (first, second) = (operands[0], operands[1])
    switch operation {
    case .add: return sum(first, second)
    case .sub:
      if first == second { return .constant(0) }
      if second.number == 0 { return first }
      if first.number == 0 { return .operation(.negate, [second]) }
      if let inner = second.negated { return .operation(.add, [first, inner]) }
      if let number = second.number { return .operation(.add, [.constant(-number), first]) }
    case .mul: return product(first, second)
    case .over:
      if first.number == 0 { return .constant(0) }
      if let number = second.number {
        return .operation(.mul, [.constant(rounded(1 / (1 + number), digits: 6)), first])
      }
    case .minimum, .maximum: return first == second ? first : nil
    case .choose:
      if operands[1] == operands[2] { return operands[1] }
      if let number = first.number { return number > 0 ? operands[1] : operands[2] }
    default: break
    }
    return nil
  }

  private static func sum(_ first: LossExpression, _ second: LossExpression) -> LossExpression? {
    if first.number == 0 { return second }
    if let inner = second.negated { return .operation(.sub, [first, inner]) }
    if let inner = first.negated { return .operation(.sub, [second, inner]) }
    if first == second { return .operation(.mul, [.constant(2), first]) }
    if let number = first.number, case .operation(.add, let parts) = second,
      let other = parts[0].number
    {
      return .operation(.add, [.constant(rounded(number + other, digits: 6)), parts[1]])
    }
    return nil
  }

  private static func product(
    _ first: LossExpression, _ second: LossExpression
  ) -> LossExpression? {
    if first == second { return .operation(.square, [first]) }
    if let one = first.negated, let other = second.negated {
      return .operation(.mul, [one, other])
    }
    guard let factor = first.number else { return nil }
    if factor == 0 { return .constant(0) }
    if factor == 1 { return second }
    if factor == -1 { return .operation(.negate, [second]) }
    if let inner = second.negated { return .operation(.mul, [.constant(-factor), inner]) }
    if case .operation(.mul, let parts) = second, let other = parts[0].number {
      return .operation(.mul, [.constant(rounded(factor * other, digits: 6)), parts[1]])
    }
    return nil
  }

  /// A number to so many significant digits.
  static func rounded(_ number: Double, digits: Int) -> Double {
    Double(String(format: "%.\(digits)g", number)) ?? number
  }
}
