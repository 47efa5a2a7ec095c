import Foundation
import Notation

/// A candidate as a file of the library: the source with a complete header.
public struct Promotion {
  private let record: CandidateRecord
  private let run: String
  private let name: String

  /// A file for a candidate.
  ///
  /// - Parameters:
  ///   - record: of the candidate.
  ///   - run: the run it was found in.
  ///   - name: of the method.
  public init(_ record: CandidateRecord, run: String, name: String) {
    (self.record, self.run, self.name) = (record, run, name)
  }

  /// The text of the file.
  public var text: String {
    let expression = record.origin.genome.flatMap(LossExpression.init)
    var lines = ["--- A loss found by search: \(name).", "--"]
    if let expression {
      lines.append("--   L = \(CandidateChunk.formula(expression))")
      lines += [
        "--", "-- where u is beta times the margin of log-ratios; chosen, rejected and the",
        "-- gaps are beta times what they are called after.", "--",
      ]
    }
    if let equals = record.equals { lines += ["-- It behaves as \(equals).", "--"] }
    lines.append("-- @param   batch  pairwise; [batch] log-probabilities of policy and reference")
    if record.parameters.contains("beta") {
      lines.append("-- @param   beta   scale of the argument, > 0")
    }
    lines.append("-- @return         [batch] no unit")
    lines.append("-- @error   the sides differ in shape")
    lines += laws.map { "-- @law     \($0)" }
    lines.append("-- @source  candidate \(record.id) of the run \(run)")
    for warning in record.warnings { lines.append("-- @differs \(warning)") }
    if record.warnings.isEmpty { lines.append("-- @differs nothing; it is the original") }
    return (lines + [tuned]).joined(separator: "\n")
  }

  /// What the first look showed.
  private var laws: [String] {
    let expression = record.origin.genome.flatMap(LossExpression.init)
    guard let profile = record.profile, expression?.inputs == [.margin] else { return [] }
    let falling = profile.curvature == .turning ? [] : ["decreasing in margin"]
    return falling + ["depends on margin only"]
  }

  /// The source with the tuned beta as its default.
  private var tuned: String {
    guard let beta = record.scores?.configuration["beta"]?.double else { return record.source }
    return record.source.replacing(#/beta = pg\.positive\([0-9.e-]+/#) { _ in
      "beta = pg.positive(\(beta)"
    }
  }
}
