import Foundation
import LuaBindings
import TensorCore

/// Checks of divergences: the laws of their headers, and the score against the derivative of f.
struct DivergenceCheck {
  let catalogue: MethodCatalogue
  let entry: MethodEntry

  private static let logRatios = stride(from: -3.0, through: 3, by: 0.25).map { $0 }

  func run(_ report: inout CheckReport) {
    report.run("score", "is the derivative of f, up to a constant") { try scoreGap() }
    report.run("finite", "score is no NaN in float32, log-ratios to ±1000") { try notANumber() }
    for phrase in entry.header.laws {
      report.run("law", phrase) {
        guard let (law, given) = Law.read(phrase) else {
          return "\"\(phrase)\" is no law that can be checked"
        }
        return try violation(law, given).map { "\(phrase): \($0)" }
      }
    }
  }

  private func violation(_ law: Law, _ given: [String: ParameterValue]) throws -> String? {
    switch law {
    case .convexFunction:
      let places = stride(from: 0.2, through: 4, by: 0.2).map { $0 }
      let values = try f(places, given)
      for place in 1..<values.count - 1 {
        let bend = values[place - 1] - 2 * values[place] + values[place + 1]
        if bend < -1e-12 { return "f bends down at \(places[place])" }
      }
      return nil
    case .zeroAtOne:
      let value = try f([1], given)[0]
      return abs(value) < 1e-12 ? nil : "f(1) is \(value)"
    case .steepAtZero:
      let value = try score([-60], given)[0]
      return value < -20 ? nil : "the score at a log-ratio of -60 is \(value)"
    default: return "is no law of divergences"
    }
  }

  /// f' by central differences, at the same points, less the constant at a ratio of 1.
  private func scoreGap() throws -> String? {
    let step = 1e-5
    let ratios = ([0] + Self.logRatios).map { exp($0) }
    let upper = try f(ratios.map { $0 * (1 + step) }, [:])
    let lower = try f(ratios.map { $0 * (1 - step) }, [:])
    let slopes = ratios.indices.map { (upper[$0] - lower[$0]) / (2 * step * ratios[$0]) }
    let scores = try score([0] + Self.logRatios, [:])
    for place in 1..<scores.count {
      let gap = (scores[place] - scores[0]) - (slopes[place] - slopes[0])
      if abs(gap) > 1e-6 * max(1, abs(slopes[place])) {
        return "at a ratio of \(ratios[place]) it is off by \(gap)"
      }
    }
    return nil
  }

  private func notANumber() throws -> String? {
    let ratios: [Float] = [0, 1, 50, 100, 500, 1000, -1, -50, -100, -500, -1000]
    let values = try score(Handle(catalogue.session.graph.tensor(ratios)).tensor, [:])
    for (ratio, value) in zip(ratios, values) where value.isNaN {
      return "the score at a log-ratio of \(ratio) is NaN"
    }
    return nil
  }

  private func f(_ ratios: [Double], _ given: [String: ParameterValue]) throws -> [Double] {
    let input = Handle(catalogue.session.graph.tensor(ratios))
    return try catalogue.divergence(entry.path).value(input.tensor, given).tensor.doubles()
  }

  private func score(
    _ logRatios: [Double], _ given: [String: ParameterValue]
  ) throws -> [Double] {
    try score(Handle(catalogue.session.graph.tensor(logRatios)).tensor, given)
  }

  private func score(_ input: Tensor, _ given: [String: ParameterValue]) throws -> [Double] {
    let held = Handle(input)
    return try catalogue.divergence(entry.path).score(held.tensor, given).tensor.doubles()
  }
}
