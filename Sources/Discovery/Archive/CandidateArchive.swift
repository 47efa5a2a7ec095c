import Foundation

/// All candidates so far: islands that evolve apart, the best of each kind over all, and what was
/// trained already. It depends on the records alone, in their order.
public struct CandidateArchive: Sendable {
  /// One map for each island.
  public private(set) var islands: [MapElites]
  /// The best of each kind over all islands.
  public private(set) var best = MapElites()
  /// Candidates by id.
  public private(set) var records: [String: CandidateRecord] = [:]
  /// Ids in the order they came.
  public private(set) var order: [String] = []
  /// Trained behaviours: the key of a signature or the name of a known loss, and by whom.
  private var trained: [String: String] = [:]
  /// Generations from one migration to the next.
  private let migrationInterval: Int

  /// An empty archive.
  public init(islands: Int, migrationInterval: Int) {
    self.islands = Array(repeating: MapElites(), count: islands)
    self.migrationInterval = migrationInterval
  }

  /// Who was trained with this behaviour.
  public func twin(of behaviour: String) -> String? { trained[behaviour] }

  /// The record of an id that was trained.
  public subscript(id: String) -> CandidateRecord? { records[id] }

  /// Remembers that a behaviour was trained, such as that of a baseline.
  public mutating func note(_ behaviour: String, trainedBy id: String) {
    if trained[behaviour] == nil { trained[behaviour] = id }
  }

  /// Adds a candidate.
  public mutating func add(_ record: CandidateRecord) {
    if records[record.id] == nil { order.append(record.id) }
    records[record.id] = record
    guard record.status != .rejected, record.status != .duplicate else { return addTwin(record) }
    if let behaviour = record.behaviour { note(behaviour, trainedBy: record.id) }
    addElite(record)
  }

  /// A duplicate of a baseline stands for it in the archive: search may build on it.
  private mutating func addTwin(_ record: CandidateRecord) {
    if record.status == .duplicate, record.scores != nil { addElite(record) }
  }

  private mutating func addElite(_ record: CandidateRecord) {
    guard let elite = MapElites.Elite(record) else { return }
    best.add(elite)
    if islands.indices.contains(record.origin.island) {
      islands[record.origin.island].add(elite)
    }
  }

  /// Ends a generation: now and then the best of each island visits the next one.
  public mutating func endGeneration(_ generation: Int) {
    guard islands.count > 1, (generation + 1) % migrationInterval == 0 else { return }
    let travellers = islands.map(\.ranked.first)
    for (island, traveller) in travellers.enumerated() {
      if let traveller { islands[(island + 1) % islands.count].add(traveller) }
    }
  }

  /// How many candidates ended how, in the order of the statuses.
  public var counts: [(status: CandidateRecord.Status, count: Int)] {
    CandidateRecord.Status.allCases.map { status in
      (status, records.values.count { $0.status == status })
    }
  }
}

extension CandidateRecord {
  /// What makes two candidates the same once they are tuned: the known loss, whatever the scale of
  /// its argument, or else the signature.
  public var behaviour: String? {
    guard let equals else { return key }
    return "known " + (equals.range(of: " at ").map { String(equals[..<$0.lowerBound]) } ?? equals)
  }
}
