import LuaBindings
import TensorCore

/// What a loss does to a fixed bank of batches: its values and its derivatives by every input.
///
/// Two losses whose derivatives differ by one positive factor drive the same optimiser along the
/// same path: they are one loss, whatever their constants and their units.
public struct BehaviourSignature: Sendable, Equatable {
  /// What relates two losses of one behaviour: this one is `scale` times the other plus `offset`.
  public struct Relation: Sendable, Equatable {
    /// Above 0.
    public let scale: Double
    /// Added to every row.
    public let offset: Double
  }

  /// The loss of each row of the bank; or of each batch, for a loss that is one number.
  public let values: [Double]
  /// The derivatives of the sum by every input of the bank, in the order of the inputs.
  public let gradients: [Double]

  /// Runs a loss over the bank in double precision.
  ///
  /// - Parameters:
  ///   - loss: pairwise, unpaired or of any other kind; each kind has a bank of its own.
  ///   - values: of its parameters; the defaults for those left out.
  ///   - session: in which it was declared.
  /// - Throws: `LuaError` from the script.
  public init(
    of loss: MethodLoss, _ values: [String: ParameterValue] = [:], in session: ScriptSession
  ) throws {
    let probe = LossProbe(loss: loss, session: session)
    let outcomes = try Self.bank(loss.contract).map { try probe.outcome($0, values) }
    self.values = outcomes.flatMap(\.values)
    gradients = outcomes.flatMap { $0.gradients.flatMap { $0 } }
  }

  /// The batches: margins from -20 to 20 shared in several ways between the sides, ties, a row
  /// alone, and extreme log-ratios.
  static func bank(_ contract: LossContract) -> [ProbeBatch] {
    let margins = [-20, -11.5, -6.25, -3, -1.75, -0.9, -0.3, 0, 0.2, 0.7, 1.3, 2.6, 4.5, 9, 20]
    let shares = [0.5, 1, 0.15, -0.4, 0.8]
    let first = margins.enumerated().map { $1 * shares[$0 % shares.count] }
    let second = zip(margins, first).map { $1 - $0 }
    return [
      ProbeBatch(contract, first, second, offset: -1.37),
      ProbeBatch(contract, [0.6], [-0.35], offset: 0.5),
      ProbeBatch(contract, [60, -60, 0, 35], [-60, 60, 0, 35]),
    ]
  }

  /// Whether every number is finite.
  public var isFinite: Bool { (values + gradients).allSatisfy(\.isFinite) }

  /// How this loss relates to another of the same behaviour; nil where they differ.
  ///
  /// - Parameters:
  ///   - other: of the same kind.
  ///   - tolerance: greatest difference of derivatives, relative to the greatest derivative.
  public func relation(
    to other: BehaviourSignature, tolerance: Double = 1e-7
  ) -> Relation? {
    guard gradients.count == other.gradients.count, isFinite, other.isFinite,
      let scale = scale(to: other), scale > 0
    else { return nil }
    let largest = gradients.map { abs($0) }.max() ?? 0
    for (mine, theirs) in zip(gradients, other.gradients)
    where abs(mine - scale * theirs) > tolerance * largest { return nil }
    guard values.count == other.values.count, !values.isEmpty else {
      return Relation(scale: scale, offset: 0)
    }
    let offsets = zip(values, other.values).map { $0 - scale * $1 }
    return Relation(scale: scale, offset: offsets.reduce(0, +) / Double(offsets.count))
  }

  /// One less the cosine between the derivatives: 0 for the same behaviour, 2 for the opposite.
  public func distance(to other: BehaviourSignature) -> Double {
    guard gradients.count == other.gradients.count else { return 2 }
    let (mine, theirs) = (Self.norm(gradients), Self.norm(other.gradients))
    guard mine > 0, theirs > 0, mine.isFinite, theirs.isFinite else { return 2 }
    let dot = zip(gradients, other.gradients).reduce(0) { $0 + $1.0 / mine * ($1.1 / theirs) }
    return 1 - dot
  }

  /// Equal for losses of one behaviour, but for rare ones on the border of rounding: a key to
  /// look candidates up by before `relation` decides.
  public var key: UInt64 {
    let largest = gradients.map { abs($0) }.max() ?? 0
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for gradient in gradients {
      let part = largest > 0 ? (gradient / largest * 1e4).rounded() : 0
      hash = (hash ^ UInt64(bitPattern: Int64(part.isFinite ? part : 1e9))) &* 0x100_0000_01b3
    }
    return hash
  }

  /// The factor that brings the other's derivatives closest to these.
  private func scale(to other: BehaviourSignature) -> Double? {
    let theirs = other.gradients.reduce(0) { $0 + $1 * $1 }
    guard theirs > 0, theirs.isFinite else { return nil }
    return zip(gradients, other.gradients).reduce(0) { $0 + $1.0 * $1.1 } / theirs
  }

  private static func norm(_ numbers: [Double]) -> Double {
    numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
