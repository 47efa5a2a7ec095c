import Foundation
import LuaBindings
import TensorCore

/// What must hold for every f-divergence, whether its header says so or not, and what it can be
/// used for.
struct DivergenceSoundness {
  let divergence: Divergence
  let session: ScriptSession
  var given: [String: ParameterValue] = [:]

  func run(_ report: inout CheckReport) {
    report.run("f(1)", "is 0") {
      let value = try f([1])[0]
      return abs(value) < 1e-9 ? nil : "is \(value); subtract it"
    }
    report.run("convex", "f bends upwards from 0.01 to 100") { try bend() }
    addInverse(&report)
    addSteepness(&report)
  }

  /// f is convex where chords between neighbours have rising slopes.
  private func bend() throws -> String? {
    let places = stride(from: log(0.01), through: log(100), by: 0.05).map { exp($0) }
    let values = try f(places)
    var before = -Double.infinity
    for place in 1..<places.count {
      let slope = (values[place] - values[place - 1]) / (places[place] - places[place - 1])
      if slope < before - 1e-9 * max(1, abs(before)) {
        return "f bends down at \(places[place - 1])"
      }
      before = slope
    }
    return nil
  }

  private func addInverse(_ report: inout CheckReport) {
    let ratios = [-3, -1.5, -0.4, 0, 0.3, 1.2, 2.5]
    guard let scores = try? score(ratios) else { return }
    let isRising = zip(scores, scores.dropFirst()).allSatisfy { $0 < $1 }
    if isRising {
      report.run("inverse", "f' is invertible, and its inverse finds the ratio again") {
        let input = Handle(session.graph.tensor(scores))
        let found = try divergence.inverse(input.tensor, given).tensor.doubles()
        for (ratio, back) in zip(ratios, found) where !(abs(ratio - back) < 1e-6) {
          return "the inverse of the score at a log-ratio of \(ratio) is \(back)"
        }
        return nil
      }
    } else {
      report.add(
        .note, "inverse",
        "f' is flat somewhere, so that it has no inverse: rewards do not tell ratios")
    }
  }

  private func addSteepness(_ report: inout CheckReport) {
    let slope = (try? score([-60])).map { KnownLosses.short($0[0]) } ?? "finite"
    do {
      let isSteep = try divergence.isSteep(given)
      let ratios = try score([-2, -0.5, 0.5, 2])
      let isRising = zip(ratios, ratios.dropFirst()).allSatisfy { $0 < $1 }
      if isSteep && isRising {
        report.run("f-DPO", "usable: f'(0+) is -inf") { nil }
      } else if isSteep {
        report.add(.note, "f-DPO", "refused: f' is not invertible")
      } else {
        report.add(
          .note, "f-DPO",
          "refused: f'(0+) is \(slope), not -inf, so the optimal policy may give completions "
            + "probability 0, and there the reward is no function of the ratio")
      }
    } catch {
      report.add(.failure, "f-DPO", "\(error)")
    }
  }

  private func f(_ ratios: [Double]) throws -> [Double] {
    let input = Handle(session.graph.tensor(ratios))
    return try divergence.value(input.tensor, given).tensor.doubles()
  }

  private func score(_ logRatios: [Double]) throws -> [Double] {
    let input = Handle(session.graph.tensor(logRatios))
    return try divergence.score(input.tensor, given).tensor.doubles()
  }
}
