import Foundation
import LuaRuntime
import Notation
import Trials
import Workers

/// Trains candidates on one task, each trial in a confined worker.
///
/// Any number of threads may use it; what it answers depends on the arguments alone.
public struct TrialBench: Sendable {
  /// The workers.
  public let pool: WorkerPool
  /// The task's specification.
  public let task: JSONObject
  /// What a score is.
  public let rules: ScoringRules

  /// Scores by the rules on a task.
  public init(pool: WorkerPool, task: JSONObject, rules: ScoringRules) {
    (self.pool, self.task, self.rules) = (pool, task, rules)
  }

  /// A loss as trials need it.
  public struct Subject: Sendable {
    /// Its Lua source.
    public var source: String
    /// Names of its parameters: those of the tuning space that it lacks are left alone.
    public var parameters: [String]
    /// Values of parameters that are not tuned.
    public var given = JSONObject()

    /// A loss.
    public init(source: String, parameters: [String], given: JSONObject = JSONObject()) {
      (self.source, self.parameters, self.given) = (source, parameters, given)
    }
  }

  /// Scores, and how many of the trials diverged.
  public struct Run: Sendable {
    /// One for each configuration and seed, higher is better.
    public var scores: [[Double]]
    /// Trials that diverged.
    public var diverged: Int
  }

  /// Trials of several configurations, each under several seeds of a split.
  ///
  /// - Throws: `EvaluationFailure` where the candidate or its worker fails.
  public func run(
    _ subject: Subject, _ configurations: [JSONObject], seeds: Range<Int>, _ split: TrialSplit
  ) throws -> Run {
    let requests = configurations.flatMap { chosen in
      seeds.map { seed -> TrialRequest in
        var configuration = rules.fixed
        for field in subject.given.fields + chosen.fields {
          configuration[field.name] = field.value
        }
        return TrialRequest(configuration, seed: UInt64(seed), split: split)
      }
    }
    guard !requests.isEmpty else { return Run(scores: [], diverged: 0) }
    let trials = CandidateTrials(
      source: subject.source, task: task, requests: requests, metrics: [rules.metric])
    let outcomes = try pool.evaluate(trials, budget: trials.budget).get().answer.outcomes
    let sign = rules.isHigherBetter ? 1.0 : -1
    let scores = outcomes.map { sign * $0.values[0] }
    return Run(
      scores: configurations.indices.map { place in
        Array(scores[place * seeds.count..<(place + 1) * seeds.count])
      }, diverged: outcomes.count { $0.isDiverged })
  }

  /// The tuned configuration of a loss, and how it came to be.
  public struct Tuned: Sendable {
    /// The settings chosen.
    public var configuration: JSONObject
    /// Their scores on the tuning seeds.
    public var scores: [Double]
    /// The best of the first points on the first seed.
    public var screen: Double
    /// Trials it took.
    public var trials: Int
    /// Trials that diverged.
    public var diverged: Int
    /// Whether it was given up after the first points.
    public var isScreenedOut = false
  }

  /// Looks for the best settings: points over the whole space on one seed, points around the best,
  /// then the best few on all tuning seeds. Every loss gets the same number of trials.
  ///
  /// - Parameters:
  ///   - subject: the loss.
  ///   - bar: where the best of the first points is below it, tuning ends there.
  ///   - points: the first points; those of the rules where nil.
  /// - Returns: the best settings.
  /// - Throws: `EvaluationFailure`.
  public func tune(
    _ subject: Subject, bar: Double = -.infinity, points: [JSONObject]? = nil
  ) throws -> Tuned {
    let known = { (name: String) in name != "beta" || subject.parameters.contains("beta") }
    let first = points ?? rules.tuning.spread(known)
    let spread = try run(subject, first, seeds: 1..<2, .tuning)
    var tried = zip(first, spread.scores).map { ($0, $1[0]) }
    let best = tried.indices.max { tried[$0].1 < tried[$1].1 } ?? 0
    var tuned = Tuned(
      configuration: tried[best].0, scores: [tried[best].1], screen: tried[best].1,
      trials: first.count, diverged: spread.diverged)
    guard tuned.screen >= bar else {
      tuned.isScreenedOut = true
      return tuned
    }
    let near = rules.tuning.around(tried[best].0)
    let refined = try run(subject, near, seeds: 1..<2, .tuning)
    tried += zip(near, refined.scores).map { ($0, $1[0]) }
    let ranked = tried.indices.sorted {
      tried[$0].1 != tried[$1].1 ? tried[$0].1 > tried[$1].1 : $0 < $1
    }
    let contenders = ranked.prefix(rules.contenders).map { tried[$0] }
    let compared = try run(
      subject, contenders.map(\.0), seeds: 2..<rules.tuningSeeds + 1, .tuning)
    let scores = zip(contenders, compared.scores).map { [$0.1] + $1 }
    let means = scores.map { $0.reduce(0, +) / Double($0.count) }
    let winner = means.indices.max { means[$0] < means[$1] } ?? 0
    tuned.configuration = contenders[winner].0
    tuned.scores = scores[winner]
    tuned.trials += near.count + contenders.count * max(rules.tuningSeeds - 1, 0)
    tuned.diverged += refined.diverged + compared.diverged
    return tuned
  }
}
