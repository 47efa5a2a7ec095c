import Foundation
import LuaBindings
import TensorCore

/// Checks of methods of named tensors: samplers, selectors, diagnostics and rewards of numbers.
struct InputCheck {
  let catalogue: MethodCatalogue
  let entry: MethodEntry

  private static let extent = 4

  func run(_ report: inout CheckReport) {
    if entry.header.examples.isEmpty {
      report.add(.warning, "example", "there is none, so no number is checked")
    }
    for phrase in entry.header.laws {
      report.run("law", phrase) {
        guard let (law, given) = Law.read(phrase), law == .normalized else {
          return "\"\(phrase)\" is no law that can be checked"
        }
        return try sum(given).map { "the probabilities sum to \($0)" }
      }
    }
  }

  /// The sum of the probabilities of what is emitted, unless it is 1.
  private func sum(_ given: [String: ParameterValue]) throws -> Double? {
    let method = try catalogue.inputMethod(entry.path)
    let session = catalogue.session
    return try session.holding {
      var inputs: [String: Tensor] = [:]
      for (place, input) in method.inputs.enumerated() {
        inputs[input.name] = try tensor(input, place)
      }
      let value = try method.evaluate(inputs, given)
      guard let result = session.tensor(value) else { return .nan }
      let total = try result.exp().sum([-1]).doubles()[0]
      return abs(total - 1) < 1e-9 ? nil : total
    }
  }

  /// Numbers from -1 to 1 that differ from input to input; log-probabilities where the name says
  /// so.
  private func tensor(_ input: InputDeclaration, _ place: Int) throws -> Tensor {
    let dims = input.axes.map { axis in
      if case .fixed(let extent) = axis { extent } else { Self.extent }
    }
    let numbers = (0..<dims.reduce(1, *)).map { sin(1.7 * Double($0) + Double(place)) }
    let tensor = try catalogue.session.graph.tensor(numbers, shape: Shape(dims))
    return input.name.hasSuffix("log_prob") ? try tensor.logSoftmax() : tensor
  }
}
