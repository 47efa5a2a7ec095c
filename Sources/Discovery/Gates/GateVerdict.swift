import Foundation
import LuaRuntime
import Workers

/// What is to be thought of a candidate after the first look.
public struct GateVerdict: Sendable, Equatable {
  /// Why a candidate goes no further: which check it failed, and the numbers.
  public struct Rejection: Sendable, Equatable, Codable {
    /// `script`, `budget`, `finite`, `hidden NaN`, `gradient`, `depends`, `order`, `rows`,
    /// `labels`, `sign`, ...
    public var check: String
    /// A sentence.
    public var reason: String

    /// A rejection.
    public init(_ check: String, _ reason: String) {
      self.check = check
      self.reason = reason
    }

    /// What a worker's failure means.
    public init(_ failure: EvaluationFailure) {
      let check =
        switch failure.reason {
        case .script: "script"
        case .budget: failure.resource.map { "budget of \(GateVerdict.name($0))" } ?? "budget"
        default: failure.reason.rawValue
        }
      self.init(check, failure.message)
    }
  }

  /// Nil where the candidate passes.
  public private(set) var rejection: Rejection?
  /// What is unusual and no reason to stop.
  public private(set) var warnings: [String] = []
  /// The shape, where derivatives are finite.
  public private(set) var profile: BehaviourProfile?

  static func name(_ resource: LuaControl.Reason) -> String {
    resource.rawValue
  }

  /// Judges what a worker saw.
  public init(_ answer: CandidateGate.Answer) {
    let batches = Dictionary(uniqueKeysWithValues: zip(GateBank.allCases, answer.batches))
    guard let main = batches[.main], let shape = batches[.profile] else { return }
    let checks = GateChecks(answer: answer, batches: batches, main: main)
    rejection = checks.rejection
    guard rejection == nil else { return }
    let profile = BehaviourProfile(shape)
    self.profile = profile
    if profile.slopes[0] > 0 {
      warnings.append("the loss rises with the margin at 0, so descent first lowers it")
    }
    if profile.curvature == .turning { warnings.append("not monotone in the margin") }
    if profile.tail == .exploding { warnings.append("slopes grow without bound; clip gradients") }
    warnings += checks.warnings
  }
}

/// The checks of a first look, each with what it found.
private struct GateChecks {
  let answer: CandidateGate.Answer
  let batches: [GateBank: CandidateGate.Batch]
  let main: CandidateGate.Batch

  typealias Rejection = GateVerdict.Rejection

  /// The first check that fails.
  var rejection: Rejection? {
    infinite ?? hiddenNaN ?? steep ?? independent ?? disordered ?? mixed ?? blind ?? flipped
  }

  private var ordinary: [(bank: GateBank, batch: CandidateGate.Batch)] {
    [GateBank.alone, .profile, .main].compactMap { bank in batches[bank].map { (bank, $0) } }
  }

  private var infinite: Rejection? {
    for (bank, batch) in ordinary {
      guard let place = batch.losses.firstIndex(where: { !$0.isFinite }) else { continue }
      return Rejection("finite", "the loss is \(batch.losses[place]) \(bank.row(place))")
    }
    return nil
  }

  private var steep: Rejection? {
    for (bank, batch) in ordinary {
      for (input, gradient) in zip(GateBank.inputs, batch.gradients) {
        guard let place = gradient.firstIndex(where: { !$0.isFinite }) else { continue }
        return Rejection(
          "gradient",
          "the derivative by \(input) is \(gradient[place]) \(bank.row(place)), the loss is finite"
        )
      }
    }
    return nil
  }

  private var hiddenNaN: Rejection? {
    answer.hiddenNaN.map {
      Rejection("hidden NaN", "\($0) makes a NaN that does not show in the loss")
    }
  }

  /// Sizes of the derivatives by the policy's own log-probabilities.
  private var policySlopes: (chosen: Double, rejected: Double) {
    func size(_ numbers: [Double]) -> Double { numbers.map { abs($0) }.max() ?? 0 }
    return (size(main.gradients[0]), size(main.gradients[2]))
  }

  private var independent: Rejection? {
    let slopes = policySlopes
    return max(slopes.chosen, slopes.rejected) > 0
      ? nil : Rejection("depends", "no derivative reaches the policy's log-probabilities")
  }

  private var disordered: Rejection? {
    guard let other = batches[.reversed] else { return nil }
    let sums = (total(main.losses), total(other.losses))
    guard isClose(sums.0, sums.1, scale(main.losses)) else {
      return Rejection(
        "order", "the sum of the losses is \(sums.0) in one order of rows and \(sums.1) in another")
    }
    for (one, two) in zip(main.gradients, other.gradients) {
      let size = scale(one)
      for (here, there) in zip(one, two.reversed()) where !isClose(here, there, size) {
        return Rejection(
          "order", "a derivative is \(here) in one order of rows and \(there) in another")
      }
    }
    return nil
  }

  private var mixed: Rejection? {
    guard answer.reduction == "example", let alone = batches[.alone], main.losses.count > 1 else {
      return nil
    }
    return isClose(alone.losses[0], main.losses[1], abs(alone.losses[0]))
      ? nil
      : Rejection(
        "rows",
        "a row's loss is \(main.losses[1]) in the batch and \(alone.losses[0]) alone; declare "
          + "reduction = \"batch\"")
  }

  private var blind: Rejection? {
    guard let other = batches[.swapped] else { return nil }
    let gap = zip(main.losses, other.losses).contains { here, there in
      !isClose(here, there, scale(main.losses))
    }
    return gap
      ? nil
      : Rejection(
        "labels",
        "the loss stays the same when chosen and rejected are exchanged: it ignores labels")
  }

  /// A loss that nowhere pulls the right way.
  private var flipped: Rejection? {
    let slopes = zip(main.gradients[0], main.gradients[2]).map { $0 - $1 }
    let size = slopes.map { abs($0) }.max() ?? 0
    return size > 0 && slopes.allSatisfy { $0 >= -1e-12 * size }
      ? Rejection(
        "sign", "the loss rises with the margin everywhere: descent prefers what was rejected")
      : nil
  }

  var warnings: [String] {
    var found: [String] = []
    let slopes = policySlopes
    if slopes.rejected == 0 { found.append("does not look at the rejected completion") }
    if slopes.chosen == 0 { found.append("does not look at the chosen completion") }
    if (main.gradients[1] + main.gradients[3]).allSatisfy({ $0 == 0 }) {
      found.append("does not look at the reference policy")
    }
    if let extremes = batches[.extremes] {
      let numbers = extremes.losses + extremes.gradients.joined()
      if numbers.contains(where: \.isNaN) {
        found.append("NaN in single precision at log-ratios to 1000")
      } else if numbers.contains(where: \.isInfinite) {
        found.append("infinite in single precision at log-ratios to 1000")
      }
    }
    if !answer.state.isEmpty {
      found.append("keeps state: \(answer.state.joined(separator: ", "))")
    }
    return found
  }

  private func total(_ numbers: [Double]) -> Double { numbers.reduce(0, +) }

  private func scale(_ numbers: [Double]) -> Double { numbers.map { abs($0) }.max() ?? 0 }

  private func isClose(_ one: Double, _ other: Double, _ size: Double) -> Bool {
    one == other || abs(one - other) <= 1e-9 * max(size, 1e-12)
  }
}
