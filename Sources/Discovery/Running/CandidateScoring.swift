import Foundation
import Notation
import TensorCore
import Trials
import Workers

/// A baseline, tuned and scored as candidates are.
public struct BaselineScores: Sendable, Equatable {
  /// `dpo`.
  public var name: String
  public var source: String
  public var parameters: [String]
  public var scores: CandidateRecord.Scores
  /// The best of the first points on the first seed.
  public var screen: Double
  public var lower: Double
  public var trials: Int

  /// What trials need.
  public var subject: TrialBench.Subject {
    TrialBench.Subject(source: source, parameters: parameters)
  }
}

/// Trains candidates: screening, tuning, and scores on seeds that tuning never saw.
struct CandidateScoring: Sendable {
  let bench: TrialBench
  let seed: UInt64

  /// Tunes and scores a baseline.
  ///
  /// - Throws: `EvaluationFailure`.
  func baseline(_ name: String, _ subject: TrialBench.Subject) throws -> BaselineScores {
    let tuned = try bench.tune(subject)
    let count = bench.rules.validationSeeds
    let run = try bench.run(
      subject, [tuned.configuration], seeds: 1..<count + 1, .validation)
    return BaselineScores(
      name: name, source: subject.source, parameters: subject.parameters,
      scores: CandidateRecord.Scores(
        configuration: tuned.configuration, tuning: tuned.scores, validation: run.scores[0],
        diverged: tuned.diverged + run.diverged),
      screen: tuned.screen, lower: ScoringRules.lowerBound(run.scores[0]) ?? tuned.screen,
      trials: tuned.trials + count)
  }

  /// Trains and scores a candidate.
  ///
  /// - Parameters:
  ///   - judged: with a subject.
  ///   - bar: what the first points must reach.
  ///   - rival: the lower bound of the elite whose place it would take; nil where there is none.
  ///   - points: first points of its own.
  /// - Returns: the record with status, scores and cost.
  func score(
    _ judged: CandidateJudge.Judged, bar: Double, rival: Double?, points: [JSONObject]? = nil
  ) -> CandidateRecord {
    var record = judged.record
    guard let subject = judged.subject else { return record }
    let start = ContinuousClock.now
    defer { record.trialSeconds = CandidateJudge.seconds(start) }
    var stream = RandomStream(seed: seed, name: "discovery").child("audit").child(record.id)
    let isAudited = stream.uniform() < bench.rules.auditShare
    do {
      let tuned = try bench.tune(subject, bar: isAudited ? -.infinity : bar, points: points)
      record.trials = tuned.trials
      record.isAudit = isAudited && tuned.screen < bar
      if tuned.isScreenedOut {
        record.status = .screened
        record.check = "screen"
        record.reason = String(
          format: "best of the first points %.4f, below %.4f", tuned.screen, bar)
        return record
      }
      try validate(subject, tuned, rival: rival, &record)
    } catch {
      record.status = .failed
      record.check = "training"
      record.reason = String(describing: error)
    }
    return record
  }

  /// Half of the seeds; the others only for a candidate that may still take the rival's place.
  private func validate(
    _ subject: TrialBench.Subject, _ tuned: TrialBench.Tuned, rival: Double?,
    _ record: inout CandidateRecord
  ) throws {
    let count = bench.rules.validationSeeds
    let half = max(count / 2, 2)
    var run = try bench.run(
      subject, [tuned.configuration], seeds: 1..<half + 1, .validation)
    var diverged = run.diverged
    var values = run.scores[0]
    let isPromising = (ScoringRules.upperBound(values) ?? .infinity) >= rival ?? -.infinity
    if isPromising, count > half {
      run = try bench.run(
        subject, [tuned.configuration], seeds: half + 1..<count + 1, .validation)
      values += run.scores[0]
      diverged += run.diverged
    }
    record.trials += values.count
    record.scores = CandidateRecord.Scores(
      configuration: tuned.configuration, tuning: tuned.scores, validation: values,
      diverged: tuned.diverged + diverged)
    record.lower = ScoringRules.lowerBound(values)
    record.status = .finished
  }
}
