import Foundation
import TensorCore

/// Makes up expressions and changes them: the same stream gives the same expressions.
public struct ExpressionGenerator: Sendable {
  /// What expressions may look at, the margin most.
  public var inputs: [ExpressionInput]
  /// The most nodes of an expression.
  public var largest: Int

  /// A generator.
  ///
  /// - Parameters:
  ///   - inputs: what expressions may look at.
  ///   - largest: the most nodes.
  public init(inputs: [ExpressionInput] = ExpressionInput.usual, largest: Int = 32) {
    self.inputs = inputs
    self.largest = largest
  }

  /// The share of inputs that are the margin, where it is among them.
  private static let marginShare = 0.7

  /// An expression out of nothing, simplified, that looks at the policy.
  public func expression(_ stream: inout RandomStream) -> LossExpression {
    for _ in 0..<100 {
      let depth = 2 + stream.uniform(below: 4)
      let made = oriented(grow(.real, depth: depth, &stream).simplified)
      if isSound(made) { return made }
    }
    return .operation(.softplus, [.operation(.negate, [.input(inputs.first ?? .margin)])])
  }

  /// The expression, or its opposite where it rises with the margin.
  func oriented(_ expression: LossExpression) -> LossExpression {
    if ExpressionProbe(expression).falls { return expression }
    return LossExpression.operation(.negate, [expression]).simplified
  }

  /// Whether an expression may be a loss at all.
  func isSound(_ expression: LossExpression) -> Bool {
    guard expression.size > 1, expression.size <= largest, expression.dependsOnPolicy else {
      return false
    }
    // A loss is more than a mean: every row needs a number of its own.
    if case .operation(.mean, _) = expression { return false }
    return ExpressionProbe(expression).teaches
  }

  /// A random tree whose values lie in a range.
  func grow(_ wanted: ValueRange, depth: Int, _ stream: inout RandomStream) -> LossExpression {
    let isLeaf = depth <= 1 || stream.uniform() < 0.15
    guard !isLeaf, let operation = operation(for: wanted, &stream),
      let ranges = operation.operands(for: wanted)
    else { return leaf(wanted, &stream) }
    return .operation(operation, ranges.map { grow($0, depth: depth - 1, &stream) })
  }

  /// An operation whose results lie in a range, by weight.
  func operation(
    for wanted: ValueRange, arity: Int? = nil, _ stream: inout RandomStream
  ) -> ExpressionOperator? {
    let fitting = ExpressionOperator.allCases.filter { operation in
      operation.operands(for: wanted) != nil && (arity == nil || operation.arity == arity)
    }
    var left = stream.uniform(below: fitting.reduce(0) { $0 + $1.weight })
    for operation in fitting {
      left -= operation.weight
      if left < 0 { return operation }
    }
    return fitting.last
  }

  /// An input or a constant in a range.
  func leaf(_ wanted: ValueRange, _ stream: inout RandomStream) -> LossExpression {
    guard wanted == .real, stream.uniform() < 0.75 else { return constant(wanted, &stream) }
    if inputs.contains(.margin), stream.uniform() < Self.marginShare { return .input(.margin) }
    return .input(inputs[stream.uniform(below: inputs.count)])
  }

  private func constant(_ wanted: ValueRange, _ stream: inout RandomStream) -> LossExpression {
    if wanted == .unit { return .constant(Self.short(stream.uniform())) }
    let plain = [0.5, 1, 1, 2]
    var size = plain[stream.uniform(below: plain.count)]
    if stream.uniform() < 0.5 { size = Self.short(exp(stream.normal())) }
    let isNegative = wanted == .real && stream.uniform() < 0.3
    return .constant(isNegative ? -size : size)
  }

  /// Three digits are enough, and can be read.
  static func short(_ number: Double) -> Double {
    LossExpression.rounded(number, digits: 3)
  }
}
