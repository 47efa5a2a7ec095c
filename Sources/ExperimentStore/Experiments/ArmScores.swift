/// The scores of one arm in one metric: a list a task, a value a seed.
public struct ArmScores: Equatable, Sendable {
  /// Name of the arm.
  public let arm: String
  /// Names of the tasks, in the plan's order; one empty name where the plan has a single task.
  public let tasks: [String]
  /// The seeds of each task, ascending.
  public let seeds: [[UInt64]]
  /// One score a seed; failed trials have the reference's.
  public let values: [[Double]]
  /// How many of them are not the trial's own.
  public let failures: Int

  /// Number of scores.
  public var count: Int { values.map(\.count).reduce(0, +) }
  /// Share of the trials that failed.
  public var failureRate: Double { count == 0 ? 0 : Double(failures) / Double(count) }

  init(
    arm: String, tasks: [String], seeds: [[UInt64]], values: [[Double]], failures: Int
  ) {
    (self.arm, self.tasks, self.seeds) = (arm, tasks, seeds)
    (self.values, self.failures) = (values, failures)
  }

  /// Collects the scores of every arm of a plan.
  ///
  /// - Parameters:
  ///   - cells: Reported cells.
  ///   - plan: Its arms, in whose order the result stands, and its tasks.
  ///   - metric: What is scored. Finished trials that lack it are left out.
  /// - Returns: One entry an arm; an arm without cells has no tasks.
  public static func collect(
    _ cells: [CellRecord], _ plan: ExperimentPlan, _ metric: ExperimentPlan.Metric
  ) -> [ArmScores] {
    let byArm = Dictionary(grouping: cells, by: \.arm)
    let order = plan.tasks.map(\.name)
    return plan.arms.map { arm in
      let byTask = Dictionary(grouping: byArm[arm.name] ?? []) { $0.task ?? "" }
      let known = order.filter { byTask[$0] != nil }
      let tasks = known + byTask.keys.filter { !known.contains($0) }.sorted()
      var (seeds, values, failures) = ([[UInt64]](), [[Double]](), 0)
      for task in tasks {
        let scored = (byTask[task] ?? []).sorted { $0.seed < $1.seed }.compactMap { cell in
          cell.score(metric).map { (cell.seed, $0) }
        }
        seeds.append(scored.map(\.0))
        values.append(scored.map(\.1.value))
        failures += scored.count { !$0.1.isOwn }
      }
      return ArmScores(
        arm: arm.name, tasks: tasks, seeds: seeds, values: values, failures: failures)
    }
  }

  /// The part of both arms that has the same tasks and seeds, in one order.
  ///
  /// - Parameter other: Another arm.
  /// - Returns: Strata of both; tasks without a common seed are left out.
  public func paired(with other: ArmScores) -> (first: [[Double]], second: [[Double]]) {
    var (first, second) = ([[Double]](), [[Double]]())
    for (place, task) in tasks.enumerated() {
      guard let rival = other.tasks.firstIndex(of: task) else { continue }
      let theirs = Dictionary(
        zip(other.seeds[rival], other.values[rival]), uniquingKeysWith: { $1 })
      let common = zip(seeds[place], values[place]).compactMap { seed, value in
        theirs[seed].map { (value, $0) }
      }
      guard !common.isEmpty else { continue }
      first.append(common.map(\.0))
      second.append(common.map(\.1))
    }
    return (first, second)
  }
}
