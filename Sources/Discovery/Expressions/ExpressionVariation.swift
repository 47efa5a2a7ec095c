import Foundation
import TensorCore

/// Ways to make a new expression of one or two others.
public enum VariationOperator: String, Sendable, CaseIterable {
  /// Made up out of nothing.
  case new
  /// A subtree is made up again.
  case mutate
  /// An operation becomes another one with as many operands.
  case exchange
  /// An operation is put over a subtree.
  case insert
  /// A subtree takes the place of the operation over it.
  case remove
  /// Constants are moved a little.
  case constants
  /// A subtree of another parent takes the place of one.
  case crossover
}

extension ExpressionGenerator {
  /// A new expression, and how it came to be.
  ///
  /// - Parameters:
  ///   - parent: what is changed.
  ///   - other: what is crossed with it.
  ///   - stream: moved on.
  /// - Returns: a simplified expression that differs from both parents.
  public func child(
    of parent: LossExpression, and other: LossExpression, _ stream: inout RandomStream
  ) -> (expression: LossExpression, by: VariationOperator) {
    for _ in 0..<30 {
      let way = pick(parent, &stream)
      guard let changed = vary(parent, other, by: way, &stream) else { continue }
      let made = oriented(changed.simplified)
      if isSound(made), made != parent, made != other { return (made, way) }
    }
    return (expression(&stream), .new)
  }

  private func pick(_ parent: LossExpression, _ stream: inout RandomStream) -> VariationOperator {
    let hasConstants = !parent.constants.isEmpty
    let shares: [(VariationOperator, Double)] = [
      (.mutate, 0.2), (.exchange, 0.15), (.insert, 0.2), (.remove, 0.12),
      (.constants, hasConstants ? 0.25 : 0), (.crossover, 0.2),
    ]
    var left = stream.uniform() * shares.reduce(0) { $0 + $1.1 }
    for (way, share) in shares {
      left -= share
      if left < 0 { return way }
    }
    return .mutate
  }

  private func vary(
    _ parent: LossExpression, _ other: LossExpression, by way: VariationOperator,
    _ stream: inout RandomStream
  ) -> LossExpression? {
    let nodes = parent.nodes
    let place = stream.uniform(below: nodes.count)
    let (node, wanted) = (nodes[place].expression, nodes[place].wanted)
    switch way {
    case .new: return expression(&stream)
    case .mutate:
      let depth = 1 + stream.uniform(below: 3)
      return parent.replacing(place, with: grow(wanted, depth: depth, &stream))
    case .exchange:
      guard case .operation(_, let operands) = node,
        let operation = operation(for: wanted, arity: operands.count, &stream),
        let ranges = operation.operands(for: wanted),
        zip(operands, ranges).allSatisfy({ $0.range <= $1 })
      else { return nil }
      return parent.replacing(place, with: .operation(operation, operands))
    case .insert:
      return insert(over: node, wanted, &stream).map { parent.replacing(place, with: $0) }
    case .remove:
      guard case .operation(_, let operands) = node else { return nil }
      let fitting = operands.filter { $0.range <= wanted }
      guard !fitting.isEmpty else { return nil }
      return parent.replacing(place, with: fitting[stream.uniform(below: fitting.count)])
    case .constants: return moved(parent, &stream)
    case .crossover:
      let fitting = other.nodes.map(\.expression).filter { $0.range <= wanted }
      guard !fitting.isEmpty else { return nil }
      return parent.replacing(place, with: fitting[stream.uniform(below: fitting.count)])
    }
  }

  /// An operation that has `node` as one of its operands.
  private func insert(
    over node: LossExpression, _ wanted: ValueRange, _ stream: inout RandomStream
  ) -> LossExpression? {
    guard let operation = operation(for: wanted, &stream),
      let ranges = operation.operands(for: wanted)
    else { return nil }
    let places = ranges.indices.filter { node.range <= ranges[$0] }
    guard !places.isEmpty else { return nil }
    let own = places[stream.uniform(below: places.count)]
    let operands = ranges.indices.map { index in
      index == own ? node : grow(ranges[index], depth: 1 + stream.uniform(below: 2), &stream)
    }
    return .operation(operation, operands)
  }

  /// Every constant a little larger or smaller, its sign and range kept.
  private func moved(
    _ parent: LossExpression, _ stream: inout RandomStream
  ) -> LossExpression? {
    var result = parent
    for (place, node) in parent.nodes.enumerated() {
      guard case .constant(let number) = node.expression else { continue }
      var next = Self.short(number * exp(0.35 * stream.normal()) + (number == 0 ? 0.1 : 0))
      if !node.wanted.contains(next) { next = min(max(next, 0), 1) }
      result = result.replacing(place, with: .constant(next))
    }
    return result
  }
}
