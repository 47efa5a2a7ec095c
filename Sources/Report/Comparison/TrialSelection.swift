import ExperimentStore
import Notation

/// Trials that differ in their seed and task alone: one side of a comparison.
public struct TrialSelection: Equatable, Sendable {
  /// What it is called.
  public let label: String
  /// The trials.
  public let trials: [IndexedTrial]

  /// Finds the trials that a text means.
  ///
  /// - Parameters:
  ///   - text: A run, which stands for all runs that differ from it in the seed alone;
  ///     `EXPERIMENT/ARM`; or conditions such as `loss=dpo`, several joined by spaces.
  ///   - index: What there is.
  ///   - conditions: What must hold beside.
  /// - Throws: `ReportError` when nothing or several things are meant; `StoreError`.
  public init(_ text: String, in index: RunIndex, where conditions: [FieldCondition] = []) throws {
    if let slash = text.firstIndex(of: "/") {
      let entry = try index.find(String(text[..<slash]))
      let arm = String(text[text.index(after: slash)...])
      let all = try index.trials(where: conditions, entry: entry.name)
      let reported = all.filter { $0.phase == "report" }
      trials = try index.scored(try Self.trials(of: arm, reported, entry.name))
      label = trials.first?.arm ?? arm
    } else if text.contains(where: { "!<>=~".contains($0) }) {
      let asked = try text.split(separator: " ").map { try FieldCondition(parsing: String($0)) }
      let found = try index.trials(where: asked + conditions).filter { $0.phase == "report" }
      (label, trials) = (text, try index.scored(try Self.single(found, text)))
    } else {
      let entry = try index.find(text)
      guard entry.kind == .run else {
        throw ReportError(
          "\(entry.name) is an experiment: name an arm of it, as in '\(entry.name)/ARM'; "
            + "'perigee report \(entry.name)' shows them")
      }
      let all = try index.trials(where: conditions)
      let own = TrialGroup.groups(all.filter { $0.kind == .run })
        .first { $0.trials.contains { $0.entry == entry.name } }
      (label, trials) = (entry.name, own?.trials ?? [])
    }
    guard !trials.isEmpty else { throw ReportError("no trial is meant by '\(text)'") }
  }

  init(label: String, trials: [IndexedTrial]) { (self.label, self.trials) = (label, trials) }

  private static func trials(
    of arm: String, _ all: [IndexedTrial], _ entry: String
  ) throws -> [IndexedTrial] {
    let exact = all.filter { $0.arm == arm }
    if !exact.isEmpty { return exact }
    let names = Array(Set(all.map(\.arm))).sorted()
    let beginnings = names.filter { $0.hasPrefix(arm) }
    if beginnings.count == 1 { return all.filter { $0.arm == beginnings[0] } }
    throw ReportError(
      "\(entry) has no arm '\(arm)'\(NearestName.hint(arm, in: names)); it has "
        + names.prefix(20).joined(separator: "; "))
  }

  /// All of one kind, or an error that says in what they differ.
  private static func single(_ trials: [IndexedTrial], _ text: String) throws -> [IndexedTrial] {
    let groups = TrialGroup.groups(
      trials.map { trial in
        var trial = trial
        trial.task = ""
        return trial
      })
    guard groups.count > 1 else { return trials }
    let entries = Set(trials.map(\.entry)).sorted()
    let differing = TrialGroup.differing(groups)
    let names = differing.isEmpty ? entries : differing
    throw ReportError(
      "'\(text)' means \(groups.count) different things, which differ in "
        + names.prefix(8).joined(separator: ", ") + "; add conditions")
  }

  /// Names of the metrics of these trials, in the order first met.
  public var metrics: [String] {
    var names: [String] = []
    for trial in trials {
      for field in trial.metrics.fields where field.value.double != nil {
        if !names.contains(field.name) { names.append(field.name) }
      }
    }
    return names
  }

  /// The numbers of a metric: by task, then by seed.
  func values(_ metric: String) -> [String: [UInt64: Double]] {
    var values: [String: [UInt64: Double]] = [:]
    for trial in trials {
      if let value = trial.metrics[metric]?.double, value.isFinite {
        values[trial.task, default: [:]][trial.seed] = value
      }
    }
    return values
  }
}

/// Two sides compared in one metric.
public struct SideBySide: Equatable, Sendable {
  /// The metric.
  public let metric: String
  /// Mean of each side over all of its own trials.
  public let means: (Double, Double)
  /// Number of trials of each side.
  public let counts: (Int, Int)
  /// What the common seeds say; nil with fewer than two.
  public let paired: PairedComparison?

  /// Compares two selections.
  ///
  /// - Parameters:
  ///   - first: One side.
  ///   - second: The other.
  ///   - metric: What is compared; nil results where a side lacks it.
  ///   - bootstrap: How to resample.
  /// - Throws: `StoreError` for resampling that cannot be done.
  public init?(
    _ first: TrialSelection, _ second: TrialSelection, _ metric: String, _ bootstrap: Bootstrap
  ) throws {
    let (own, other) = (first.values(metric), second.values(metric))
    guard !own.isEmpty, !other.isEmpty else { return nil }
    self.metric = metric
    let flat = [own, other].map { side in
      side.keys.sorted().flatMap { task in
        (side[task] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
      }
    }
    means = (try Descriptive.mean(flat[0]), try Descriptive.mean(flat[1]))
    counts = (flat[0].count, flat[1].count)
    let tasks = own.keys.filter { other[$0] != nil }.sorted()
    let pairs = tasks.map { task -> [(Double, Double)] in
      let (left, right) = (own[task] ?? [:], other[task] ?? [:])
      return left.keys.filter { right[$0] != nil }.sorted().compactMap { seed in
        guard let mine = left[seed], let theirs = right[seed] else { return nil }
        return (mine, theirs)
      }
    }.filter { !$0.isEmpty }
    let isEnough = !pairs.isEmpty && pairs.allSatisfy { $0.count > 1 }
    paired =
      isEnough
      ? try PairedComparison(
        pairs.map { $0.map(\.0) }, pairs.map { $0.map(\.1) }, bootstrap: bootstrap) : nil
  }

  public static func == (left: SideBySide, right: SideBySide) -> Bool {
    left.metric == right.metric && left.means == right.means && left.counts == right.counts
      && left.paired == right.paired
  }
}
