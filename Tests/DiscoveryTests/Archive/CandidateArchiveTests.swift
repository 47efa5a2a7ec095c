import Testing

@testable import Discovery

@Suite struct CandidateArchiveTests {
  @Test func cellsKeepTheBest() {
    var archive = CandidateArchive(islands: 2, migrationInterval: 2)
    archive.add(.made("a", lower: 0.5))
    archive.add(.made("b", lower: 0.4))
    archive.add(.made("c", island: 1, lower: 0.6))
    archive.add(.made("d", complexity: 30, lower: 0.7))
    archive.add(.made("e", lower: 0.1, tail: .fading))
    #expect(archive.best.ranked.map(\.id) == ["d", "c", "e"])
    #expect(archive.islands[0].ranked.map(\.id) == ["d", "a", "e"])
    #expect(ParetoFront.of(archive.best.elites).map(\.id) == ["c", "d"])
  }

  @Test func equalAndSimplerTakesThePlace() {
    var map = MapElites()
    let taken = [("a", 11), ("b", 11), ("c", 10)].map { id, nodes in
      map.add(MapElites.Elite(.made(id, complexity: nodes, lower: 0.5))!)
    }
    #expect(taken == [true, false, true])
    #expect(map.elites.map(\.id) == ["c"])
  }

  @Test func theBestTravelOnTheRing() {
    var archive = CandidateArchive(islands: 3, migrationInterval: 2)
    archive.add(.made("a", island: 0, lower: 0.5))
    archive.add(.made("b", island: 1, lower: 0.9, tail: .growing))
    archive.endGeneration(0)
    #expect(archive.islands.map(\.count) == [1, 1, 0])
    archive.endGeneration(1)
    #expect(archive.islands.map { $0.elites.map(\.id).sorted() } == [["a"], ["a", "b"], ["b"]])
  }

  @Test func whatWasTrainedIsKnown() {
    var archive = CandidateArchive(islands: 1, migrationInterval: 5)
    archive.note("known dpo", trainedBy: "dpo")
    archive.add(.made("a", lower: 0.5))
    var known = CandidateRecord.made("b", lower: 0.5)
    known.equals = "dpo at beta 2"
    archive.add(known)
    #expect(archive.twin(of: "a") == "a")
    #expect(archive.twin(of: "known dpo") == "dpo")
    var rejected = CandidateRecord.made("r", lower: 0.9)
    rejected.status = .rejected
    archive.add(rejected)
    #expect(archive.twin(of: "r") == nil)
    #expect(!archive.best.elites.map(\.id).contains("r"))
    #expect(archive.counts.first?.count == 1)
  }
}
