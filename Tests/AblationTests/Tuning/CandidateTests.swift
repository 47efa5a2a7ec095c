import Notation
import Testing

@testable import Ablation

/// Who is better, and who is given up.
@Suite struct CandidateTests {
  private func candidate(
    _ number: Int, _ scores: [Double?], kl: [Double] = []
  ) -> Candidate {
    var candidate = Candidate(number: number, point: [], values: JSONObject())
    candidate.scores = scores
    candidate.bounded = ["kl": kl]
    return candidate
  }

  @Test func boundsComeBeforeScores() {
    let bounds = [MetricBound(metric: "kl", least: nil, most: 2)]
    let far = candidate(0, [9, 9], kl: [3, 3])
    let near = candidate(1, [1, 1], kl: [1, 2.5])
    #expect(Candidate.isBetter(near, far, bounds))
    #expect(Candidate.isBetter(far, near, []))
    #expect(abs(far.excess(bounds) - 0.5) < 1e-12)
    #expect(near.excess(bounds) == 0)
  }

  @Test func failuresAreWorstAndTiesGoToTheOlder() {
    #expect(Candidate.isBetter(candidate(1, [-5, -5]), candidate(0, [9, nil]), []))
    #expect(Candidate.isBetter(candidate(0, [1, 1]), candidate(1, [1, 1]), []))
    #expect(Candidate.isBetter(candidate(1, [0, 0]), candidate(0, [9]), []))
  }

  @Test func halvingKeepsTheBestPart() {
    let rule = Pruning.halving(factor: 2)
    #expect(rule.rungs(6) == [1, 2, 4, 6])
    let all = [3.0, 1, 4, 2, 0].enumerated().map { candidate($0.offset, [$0.element]) }
    #expect(rule.losers(all, incumbent: nil, seeds: 1, []).sorted() == [1, 4])
  }

  /// 5 of 5 differences of one sign have p = 1/32 one-sided; 4 of 4 have 1/16.
  @Test func racingNeedsEvidence() {
    let rule = Pruning.racing(level: 0.05, least: 4)
    #expect(rule.rungs(3) == [1, 2, 3])
    let good = candidate(0, [5, 6, 7, 8, 9])
    let bad = candidate(1, [4, 4.5, 5, 5.5, 6])
    let mixed = candidate(2, [5.1, 5.9, 6.8, 8.2, 8.9])
    #expect(rule.losers([good, bad, mixed], incumbent: nil, seeds: 5, []) == [1])
    let short = [good, bad].map { candidate($0.number, Array($0.scores.prefix(4))) }
    #expect(rule.losers(short, incumbent: nil, seeds: 4, []).isEmpty)
    #expect(rule.losers([bad], incumbent: good, seeds: 5, []) == [0])
  }
}
