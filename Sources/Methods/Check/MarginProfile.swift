import Foundation
import LuaBindings

/// The shape of a pairwise loss as a function of the margin of log-ratios, for people and, later,
/// for archives of losses.
public struct MarginProfile: Sendable, Equatable {
  /// Whether the loss never rises with the margin, up to 20 either way.
  public let isDecreasing: Bool
  /// Whether it lies below each of its chords.
  public let isConvex: Bool
  /// Whether slopes at m and -m add up to the same for all m, as for a log-likelihood of labels.
  public let isAntisymmetric: Bool
  /// The least and the greatest slope up to margins of ±500.
  public let slopes: ClosedRange<Double>
  /// Whether slopes stay bounded as margins grow.
  public let isBounded: Bool
  /// Whether pairs that are far on the right or on the wrong side have no slope any more.
  public let saturatesRight: Bool
  public let saturatesWrong: Bool

  /// Looks at a pairwise loss or preference model; nil for other kinds and for slopes that are
  /// not finite.
  ///
  /// - Throws: `LuaError` from the script.
  init?(_ probe: LossProbe) throws {
    let contract = probe.loss.contract
    guard contract.kind == .pairwise || contract.kind == .preference else { return nil }
    func point(_ margin: Double) throws -> (value: Double, slope: Double) {
      let outcome = try probe.outcome(ProbeBatch(contract, [margin / 2], [-margin / 2]))
      let (first, second) = (outcome.gradients[0][0], Self.rejected(outcome, contract))
      return (outcome.values[0], (first - second) / 2)
    }
    let grid = stride(from: -20.0, through: 20, by: 0.5).map { $0 }
    let points = try grid.map(point)
    let far = try [-500.0, -250, -100, 100, 250, 500].map { try point($0).slope }
    let all = points.map(\.slope) + far
    guard all.allSatisfy(\.isFinite), let least = all.min(), let greatest = all.max(),
      least != 0 || greatest != 0
    else { return nil }
    slopes = least...greatest
    let size = max(abs(least), abs(greatest), 1e-300)
    let inner = points.map(\.slope)
    isDecreasing = inner.allSatisfy { $0 <= 1e-9 * size }
    isConvex = zip(inner, inner.dropFirst()).allSatisfy { $1 >= $0 - 1e-9 * size }
    let sums = inner.indices.map { inner[$0] + inner[inner.count - 1 - $0] }
    isAntisymmetric = sums.allSatisfy { abs($0 - sums[0]) <= 1e-7 * size }
    isBounded = [(far[0], far[1]), (far[5], far[4])].allSatisfy { further, nearer in
      abs(further) <= 1.01 * abs(nearer) + 1e-12
    }
    saturatesRight = abs(far[5]) <= 1e-3 * size
    saturatesWrong = abs(far[0]) <= 1e-3 * size
  }

  /// The derivative by the rejected side's own log-probability or reward.
  private static func rejected(
    _ outcome: LossProbe.Outcome, _ contract: LossContract
  ) -> Double {
    outcome.gradients[contract.kind == .preference ? 1 : outcome.gradients.count / 2][0]
  }

  /// One line: `decreasing, convex, slope in [-0.1, 0], ...`.
  public var text: String {
    let size = max(abs(slopes.lowerBound), abs(slopes.upperBound))
    func short(_ slope: Double) -> String {
      KnownLosses.short(abs(slope) < 1e-9 * size ? 0 : slope)
    }
    var words = [isDecreasing ? "decreasing" : "not monotone", isConvex ? "convex" : "not convex"]
    words.append(
      isBounded
        ? "slope in [\(short(slopes.lowerBound)), \(short(slopes.upperBound))]"
        : "slope grows without bound")
    switch (saturatesRight, saturatesWrong) {
    case (true, true): words.append("saturates on both sides")
    case (true, false): words.append("saturates on the right side")
    case (false, true): words.append("saturates on the wrong side")
    case (false, false): words.append("does not saturate")
    }
    if isAntisymmetric { words.append("antisymmetric") }
    return words.joined(separator: ", ")
  }
}
