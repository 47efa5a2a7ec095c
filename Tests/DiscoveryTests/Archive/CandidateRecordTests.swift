import Notation
import Testing

@testable import Discovery

extension CandidateRecord {
  /// A scored candidate.
  static func made(
    _ id: String, island: Int = 0, complexity: Int = 12, lower: Double,
    tail: BehaviourProfile.Tail = .steady, genome: String = "softplus(neg(margin))"
  ) -> CandidateRecord {
    var record = CandidateRecord(
      id: id,
      origin: Origin(
        generation: 0, island: island, place: 0, parents: ["a"], operation: "mutate",
        genome: genome), source: "return 1")
    record.status = .finished
    record.complexity = complexity
    record.profile = BehaviourProfile(
      tail: tail, symmetry: .slanted, curvature: .convex, slopes: [-1, -0.5], values: [])
    record.key = id
    record.scores = Scores(
      configuration: ["beta": 0.25], tuning: [0.5], validation: [lower + 0.1, lower + 0.1],
      diverged: 1)
    record.lower = lower
    return record
  }
}

@Suite struct CandidateRecordTests {
  @Test func readsBack() throws {
    var record = CandidateRecord.made("g0-i0-c0", lower: 0.125)
    record.check = "screen"
    record.reason = "below \"the\" bar"
    record.warnings = ["one", "two"]
    record.equals = "dpo at beta 0.07"
    record.nearest = ("losses/ipo", 0.25)
    record.isAudit = true
    record.parameters = ["beta"]
    record.trials = 31
    record.gateSeconds = 0.0125
    let text = JSONValue.object(record.json).compactText
    let object = try #require(JSONValue(parsing: text.utf8).object)
    let again = try #require(CandidateRecord(object))
    #expect(again == record)
    #expect(again.json == record.json)
    #expect(record.decisive["gate_seconds"] == nil)
    #expect(CandidateRecord(["id": "x"]) == nil)
  }

  @Test func behaviourForgetsTheScale() {
    var record = CandidateRecord.made("x", lower: 0)
    #expect(record.behaviour == "x")
    record.equals = "dpo at beta 0.07 up to scale 2"
    #expect(record.behaviour == "known dpo")
    record.equals = "generalized_preference_optimization with shape savage at its defaults"
    #expect(record.behaviour == "known generalized_preference_optimization with shape savage")
  }
}
