/// A place in the archive: what kind of loss, not how good.
public struct ArchiveCell: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Which class of complexity.
  public var complexity: Int
  public var tail: BehaviourProfile.Tail
  public var symmetry: BehaviourProfile.Symmetry
  public var curvature: BehaviourProfile.Curvature

  /// Nodes at which the next class begins; the plain logistic loss has 11.
  public static let edges = [10, 13, 16, 20, 26, 34]

  /// Number of places there are.
  public static let count =
    (edges.count + 1) * BehaviourProfile.Tail.allCases.count
    * BehaviourProfile.Symmetry.allCases.count * BehaviourProfile.Curvature.allCases.count

  /// The place of a candidate that passed its first look; nil for any other.
  public init?(_ record: CandidateRecord) {
    guard let nodes = record.complexity, let profile = record.profile else { return nil }
    complexity = Self.edges.firstIndex { nodes < $0 } ?? Self.edges.count
    (tail, symmetry, curvature) = (profile.tail, profile.symmetry, profile.curvature)
  }

  /// What it is sorted by.
  private var key: (Int, Int, Int, Int) {
    (
      complexity, BehaviourProfile.Tail.allCases.firstIndex(of: tail) ?? 0,
      BehaviourProfile.Symmetry.allCases.firstIndex(of: symmetry) ?? 0,
      BehaviourProfile.Curvature.allCases.firstIndex(of: curvature) ?? 0
    )
  }

  public static func < (left: ArchiveCell, right: ArchiveCell) -> Bool { left.key < right.key }

  public var description: String {
    let upper = complexity < Self.edges.count ? "<\(Self.edges[complexity])" : ">"
    return "\(upper) nodes, \(tail.rawValue), \(symmetry.rawValue), \(curvature.rawValue)"
  }
}
