/// A candidate that was thought of and not looked at yet.
public struct Proposal: Sendable {
  /// Unique in a run, and the same in a repetition of it.
  public var id: String
  public var origin: CandidateRecord.Origin
  public var source: String

  /// A candidate.
  public init(id: String, origin: CandidateRecord.Origin, source: String) {
    (self.id, self.origin, self.source) = (id, origin, source)
  }
}

/// Something that thinks of candidates, a generation at a time.
public protocol Proposer: Sendable {
  /// The candidates of a generation.
  ///
  /// - Parameters:
  ///   - generation: from 0.
  ///   - archive: after the generation before.
  /// - Returns: the same for the same archive.
  func propose(generation: Int, archive: CandidateArchive) -> [Proposal]
}
