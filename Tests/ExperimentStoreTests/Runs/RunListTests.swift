import Foundation
import Testing

@testable import ExperimentStore

@Suite struct RunListTests {
  private func create(_ subject: String, at seconds: Double, in root: URL) throws -> RunDirectory {
    let configuration = RunConfiguration(subject: subject, options: [:], seed: 1)
    return try RunDirectory.create(
      configuration, in: root, created: Date(timeIntervalSince1970: seconds))
  }

  @Test func newestFirstWithTheirState() throws {
    let folder = try TemporaryFolder()
    let old = try create("old", at: 100, in: folder.url)
    let new = try create("new", at: 300, in: folder.url)
    let middle = try create("middle", at: 200, in: folder.url)
    try FileManager.default.createDirectory(
      at: folder.file("not-a-run"), withIntermediateDirectories: true)
    try old.writeSummary(["accuracy": 1])
    let log = try middle.openLog()
    try log.append(.stageStarted(stage: "a", details: [:]))
    let records = try RunList(root: folder.url).records()
    #expect(records.map(\.directory.name) == [new.name, middle.name, old.name])
    #expect(records.map(\.state) == [.stopped, .running, .finished])
    #expect(records.last?.summary == ["accuracy": 1])
    #expect(try middle.readLog().stages == ["a"])
    #expect(log.completeLines == 1)
  }

  @Test func findsByNamePrefixHashAndLatest() throws {
    let folder = try TemporaryFolder()
    let first = try create("alpha", at: 100, in: folder.url)
    let second = try create("alpine", at: 200, in: folder.url)
    let again = try create("alpine", at: 150, in: folder.url)
    let runs = RunList(root: folder.url)
    #expect(try runs.find(first.name) == first)
    #expect(try runs.find("alph") == first)
    #expect(try runs.find("latest") == second)
    // The whole name of one run is the beginning of another's.
    #expect(try runs.find(second.name) == second)
    let hash = try #require(try first.configuration()["content_hash"]?.string)
    #expect(try runs.find(String(hash.prefix(10))) == first)
    #expect(throws: StoreError.ambiguousRun(name: "alpi", candidates: [second.name, again.name])) {
      try runs.find("alpi")
    }
    let unknown = StoreError.unknownRun(
      name: "alphaa", root: folder.url.path, nearest: first.name)
    #expect(throws: unknown) { try runs.find("alphaa") }
    #expect(unknown.description.hasSuffix("; did you mean '\(first.name)'?"))
  }

  @Test func noRunsYet() throws {
    let runs = RunList(root: URL(fileURLWithPath: "/nonexistent/runs"))
    #expect(try runs.records().isEmpty)
    do {
      _ = try runs.find("latest")
      Issue.record("found a run in a folder that is not there")
    } catch {
      #expect("\(error)" == "no run named 'latest' in /nonexistent/runs; there are no runs yet")
    }
  }
}
