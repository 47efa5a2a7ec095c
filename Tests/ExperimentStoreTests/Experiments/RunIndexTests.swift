import Foundation
import Notation
import Testing

@testable import ExperimentStore

@Suite struct RunIndexTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func makeRun(loss: String, beta: Double, seed: Int64, accuracy: Double?) throws {
    let configuration = RunConfiguration(
      subject: "movies", options: ["loss": .string(loss), "beta": .number(beta), "fast": true],
      changed: ["loss", "beta"], seed: seed)
    let created = Date(timeIntervalSince1970: 1_700_000_000 + Double(seed))
    let run = try RunDirectory.create(configuration, in: folder.url, created: created)
    _ = try run.openLog()
    guard let accuracy else { return }
    try run.writeSummary([
      "accuracy": ["estimate": .number(accuracy), "lower": 0, "upper": 1], "kl": 2.5,
      "sizes": [1, 2],
    ])
  }

  private func makeExperiment(seeds: [UInt64] = [1, 2, 3]) throws -> ExperimentDirectory {
    let plan = SampleExperiment.plan(seeds: seeds)
    var cells = SampleExperiment.cells(plan)
    cells[0].status = .crashed
    cells[1].seed = .max
    cells[2].extra = ["lineage": ["parent": "abc"]]
    let directory = try ExperimentDirectory.make("grid", in: folder.url)
    try directory.write(plan)
    try directory.openCells().append(cells)
    return directory
  }

  private func names(_ index: RunIndex, _ conditions: String...) throws -> [String] {
    try index.entries(where: conditions.map(FieldCondition.init(parsing:))).map(\.name)
  }

  @Test func entriesNewestFirst() throws {
    try makeRun(loss: "dpo", beta: 0.1, seed: 1, accuracy: 0.6)
    try makeRun(loss: "dpo", beta: 0.1, seed: 2, accuracy: nil)
    _ = try makeExperiment()
    let index = try RunIndex(root: folder.url)
    let entries = try index.entries()
    #expect(entries.map(\.kind) == [.experiment, .run, .run])
    #expect(entries.map(\.state) == [.finished, .stopped, .finished])
    #expect(entries[0].trials == 12 && entries[0].failed == 1)
    #expect(entries[1].trials == 1 && entries[1].failed == 0)
    #expect(try index.find("grid").name == "grid")
    #expect(try index.find("latest").name == "grid")
    #expect(throws: StoreError.self) { try index.find("movies") }
    #expect(throws: StoreError.unknownRun(name: "gird", root: folder.url.path, nearest: "grid")) {
      try index.find("gird")
    }
  }

  @Test func conditionsOnAnyField() throws {
    try makeRun(loss: "dpo", beta: 0.1, seed: 1, accuracy: 0.6)
    try makeRun(loss: "ipo", beta: 0.5, seed: 2, accuracy: 0.7)
    _ = try makeExperiment()
    let index = try RunIndex(root: folder.url)
    #expect(try names(index, "kind=run", "beta>0.1").count == 1)
    #expect(try names(index, "kind=run", "beta >= 0.1").count == 2)
    #expect(try names(index, "accuracy>0.65").allSatisfy { $0.contains("ipo") })
    #expect(try names(index, "loss!=ipo", "kind=run").allSatisfy { $0.contains("dpo") })
    #expect(try names(index, "fast=true").count == 2)
    #expect(try names(index, "name~MOV", "seed==2").count == 1)
    #expect(try names(index, "status=crashed") == ["grid"])
    #expect(try names(index, "loss=dpo").count == 2)
    // What else a writer had to say can be asked for, and is no metric.
    let child = try index.trials(where: [FieldCondition("lineage.parent", .equal, "abc")])
    #expect(child.count == 1 && child[0].metrics.names == ["value", "kl"])
    #expect(child[0].field("attempt") == 1)
    let trials = try index.trials(
      where: [try FieldCondition(parsing: "loss=dpo"), FieldCondition("beta", .above, "0.2")],
      entry: "grid")
    #expect(trials.count == 3)
    #expect(trials.allSatisfy { $0.arm == "dpo, beta 0.5" })
    #expect(trials[0].metrics["value"] == .number(1.1))
    #expect(try index.trials(entry: "grid").contains { $0.seed == .max })
  }

  @Test func whatCannotBeAskedIsAnError() throws {
    try makeRun(loss: "dpo", beta: 0.1, seed: 1, accuracy: 0.6)
    let index = try RunIndex(root: folder.url)
    #expect {
      try names(index, "btea>3")
    } throws: { error in
      "\(error)" == "condition 'btea>3': no trial has a field 'btea'; did you mean \"beta\"?"
    }
    for wrong in ["beta", "!beta", "=3", "beta>much"] {
      #expect(throws: StoreError.self) { try FieldCondition(parsing: wrong) }
    }
  }

  @Test func keepsUpWithTheRecords() throws {
    let directory = try makeExperiment()
    #expect(try RunIndex(root: folder.url).latest == RunIndex.Change(read: 1, trials: 12))
    #expect(try RunIndex(root: folder.url).latest == RunIndex.Change())
    var more = SampleExperiment.cells(SampleExperiment.plan())[0]
    more.id = "one more"
    try directory.openCells().append([more])
    #expect(try RunIndex(root: folder.url).latest == RunIndex.Change(read: 1, trials: 13))
    try FileManager.default.removeItem(at: directory.url)
    let index = try RunIndex(root: folder.url)
    #expect(index.latest == RunIndex.Change(removed: 1))
    #expect(try index.entries() == [])
  }

  @Test func isMadeAnewFromTheRecords() throws {
    _ = try makeExperiment()
    try makeRun(loss: "dpo", beta: 0.1, seed: 1, accuracy: 0.6)
    let before = try RunIndex(root: folder.url).trials()
    let file = RunIndex.file(in: folder.url)
    try Data("this is no database, and long enough to look like one".utf8).write(to: file)
    let index = try RunIndex(root: folder.url)
    #expect(try index.trials() == before)
    #expect(try index.rebuild() == RunIndex.Change(read: 2, trials: 13))
    #expect(try index.trials() == before)
  }

  @Test func damagedRecordsAreNamed() throws {
    let directory = try makeExperiment()
    try "{}".write(to: directory.planURL, atomically: true, encoding: .utf8)
    let change = try RunIndex(root: folder.url).latest
    #expect(change.unreadable.count == 1)
    #expect(change.unreadable[0].contains("'name' is missing or wrong"))
  }

  @Test func withoutAFolderThereIsNothing() throws {
    #expect(try RunIndex(root: folder.file("none")).entries() == [])
    #expect(!FileManager.default.fileExists(atPath: folder.file("none").path))
  }

  @Test func groupsDifferInMoreThanTheSeed() throws {
    for seed in 1...3 {
      try makeRun(loss: "dpo", beta: 0.1, seed: Int64(seed), accuracy: 0.1 * Double(seed))
    }
    try makeRun(loss: "ipo", beta: 0.1, seed: 4, accuracy: 0.7)
    let groups = TrialGroup.groups(try RunIndex(root: folder.url).trials())
    #expect(groups.map(\.trials.count) == [1, 3])
    #expect(TrialGroup.differing(groups) == ["loss"])
    #expect(groups[1].values("accuracy").map(\.seed) == [1, 2, 3])
    #expect(groups[1].values("accuracy").map(\.value) == [0.1, 0.2, 0.1 * 3])
    #expect(groups[1].values("nothing").isEmpty)
  }

  /// Ten thousand cells; the time is printed, not judged.
  @Test func manyCells() throws {
    let plan = SampleExperiment.plan(
      losses: ["a", "b", "c", "d", "e"], betas: (1...20).map { 0.01 * Double($0) },
      seeds: Array(1...100))
    let directory = try ExperimentDirectory.make("large", in: folder.url)
    try directory.write(plan)
    try directory.openCells().append(SampleExperiment.cells(plan))
    let start = Date()
    let index = try RunIndex(root: folder.url)
    let built = Date()
    #expect(index.latest.trials == 10_000)
    let found = try index.trials(where: [FieldCondition("value", .above, "50")])
    #expect(found.count == 50 * 100 + 450)
    print(
      "index of 10,000 cells: \(built.timeIntervalSince(start)) s,",
      "a query: \(Date().timeIntervalSince(built)) s")
  }
}
