import TensorCore
import TestSupport
import Testing

/// Operations of the catalogue that tests can call with nothing but tensors, and operands to
/// call them with.
struct CatalogueSample: CustomTestStringConvertible, Sendable {
  let operation: Operation

  var testDescription: String { operation.name }

  /// Rows whose required parameters are tensors and whose domain is a set of numbers.
  static let numeric: [CatalogueSample] = Catalogue.operations.compactMap { operation in
    let required = operation.parameters.filter { !$0.isOptional }
    guard required.allSatisfy({ $0.kind == .tensor }), !required.isEmpty else { return nil }
    switch operation.domain {
    case .none, .truth: return nil
    default: return CatalogueSample(operation: operation)
    }
  }

  /// How many tensors a call needs.
  var arity: Int { operation.parameters.filter { !$0.isOptional }.count }

  /// Numbers of the domain.
  func numbers(_ count: Int, _ source: inout SeededNumbers) -> [Double] {
    switch operation.domain {
    case .real: return source.uniforms(count, -3, 3)
    case .positive: return source.uniforms(count, 0.1, 5)
    case .interval(let low, let high): return source.uniforms(count, low, high)
    case .truth, .none: return []
    }
  }

  /// The result of a call.
  func apply(_ operands: [Tensor]) throws -> Tensor {
    var values: [Arguments.Value] = []
    var left = operands[...]
    for parameter in operation.parameters {
      guard !parameter.isOptional, let next = left.popFirst() else {
        values.append(.missing)
        continue
      }
      values.append(.tensor(next))
    }
    if case .primitive = operation.body {
      return try operands[0].apply(
        operation.name, operands.count > 1 ? operands[1] : nil,
        operands.count > 2 ? operands[2] : nil)
    }
    return try operation.call(values, in: operands[0].graph)[0]
  }
}
