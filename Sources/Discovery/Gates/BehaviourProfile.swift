import Foundation

/// The shape of a loss over the margin, on the axes of the archive.
public struct BehaviourProfile: Sendable, Equatable, Codable {
  /// What becomes of the slope of pairs that are far on the wrong side.
  public enum Tail: String, Sendable, Codable, CaseIterable {
    /// It vanishes: such pairs are given up.
    case fading
    /// It stays, as for the logistic loss.
    case steady
    /// It grows, as for a square.
    case growing
    /// It grows beyond all others, as for an exponential.
    case exploding
  }

  /// How slopes at opposite margins add up.
  public enum Symmetry: String, Sendable, Codable, CaseIterable {
    /// To the same everywhere, as for a log-likelihood of labels.
    case antisymmetric
    case slanted
    case lopsided
  }

  /// Curvature.
  public enum Curvature: String, Sendable, Codable, CaseIterable {
    case convex
    /// Falling, but not convex.
    case falling
    /// Rising somewhere.
    case turning
  }

  /// Far on the wrong side.
  public var tail: Tail
  /// Of slopes at opposite margins.
  public var symmetry: Symmetry
  /// Over all margins.
  public var curvature: Curvature
  /// Derivatives by the margin at `GateBank.profileMargins`.
  public var slopes: [Double]
  /// The losses there; empty for a loss of the batch.
  public var values: [Double]
}

extension BehaviourProfile {
  /// Reads the shape off the profile batch.
  public init(_ batch: CandidateGate.Batch) {
    let margins = GateBank.profileMargins
    let slopes = zip(batch.gradients[0], batch.gradients[2]).map { ($0 - $1) / 2 }
    let order = margins.indices.sorted { margins[$0] < margins[$1] }
    let sorted = order.map { slopes[$0] }
    let size = slopes.map { Swift.abs($0) }.max() ?? 0
    let inner =
      margins.indices.filter { Swift.abs(margins[$0]) <= 12 }
      .map { Swift.abs(slopes[$0]) }.max() ?? 0
    let wrong = Swift.abs(slopes[slopes.count - 1])
    let ratio = wrong / max(inner, 1e-12 * size, 1e-300)
    let tail: Tail =
      ratio < 0.2 ? .fading : ratio < 3 ? .steady : ratio < 60 ? .growing : .exploding
    // Margins to 30 are compared: there the logistic loss still bends.
    let pairs = stride(from: 1, to: slopes.count - 1, by: 2).filter { margins[$0] < 31 }
    let near = pairs.flatMap { [slopes[$0], slopes[$0 + 1]] }.map { Swift.abs($0) }.max() ?? 0
    let skew =
      pairs.map { Swift.abs(slopes[$0] + slopes[$0 + 1] - 2 * slopes[0]) }.max() ?? 0
    let slant = skew / max(near, 1e-300)
    let symmetry: Symmetry =
      slant < 0.02 ? .antisymmetric : slant < 0.6 ? .slanted : .lopsided
    let isFalling = slopes.allSatisfy { $0 <= 1e-9 * size }
    let isConvex = zip(sorted, sorted.dropFirst()).allSatisfy { $1 >= $0 - 1e-9 * size }
    self.init(
      tail: tail, symmetry: symmetry,
      curvature: !isFalling ? .turning : isConvex ? .convex : .falling, slopes: slopes,
      values: batch.losses.count == slopes.count ? batch.losses : [])
  }
}
