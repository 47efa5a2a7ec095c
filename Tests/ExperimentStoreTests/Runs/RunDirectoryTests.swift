import Foundation
import Testing

@testable import ExperimentStore

@Suite struct RunDirectoryTests {
  private let configuration = RunConfiguration(
    subject: "movie-preferences",
    options: ["beta": 0.2, "loss": "stdlib/losses/ipo.lua", "steps": 400],
    changed: ["loss", "beta"], seed: 3,
    sources: [.init(name: "ipo.lua", text: "return 1\n")], versions: ["perigee": "0.1.0"])

  @Test func nameTellsWhatWasChanged() {
    let name = configuration.directoryName
    #expect(name.hasPrefix("movie-preferences-loss_ipo-beta_0.2-s3-"))
    #expect(name.hasSuffix(configuration.contentHash.prefix(8)))
  }

  @Test func namesHoldNothingThatAShellOrFileSystemMinds() {
    var odd = configuration
    odd.subject = "../a b/c"
    odd.options["loss"] = .string("é $(x) " + String(repeating: "y", count: 300))
    let name = odd.directoryName
    #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    #expect(name.count < 200)
    #expect(!name.hasPrefix("."))
  }

  @Test func contentHashFollowsWhatDecidesTheResult() {
    var reordered = configuration
    reordered.options = ["steps": 400, "loss": "stdlib/losses/ipo.lua", "beta": 0.2]
    reordered.changed = []
    #expect(reordered.contentHash == configuration.contentHash)
    var seed = configuration
    seed.seed = 4
    var source = configuration
    source.sources[0].text += " "
    var option = configuration
    option.options["beta"] = 0.25
    var version = configuration
    version.versions["perigee"] = "0.1.1"
    let all = [configuration, seed, source, option, version].map(\.contentHash)
    #expect(Set(all).count == 5)
  }

  @Test func createsEverythingThatRepeatsTheRun() throws {
    let folder = try TemporaryFolder()
    let root = folder.file("nested/runs")
    let run = try RunDirectory.create(
      configuration, in: root, created: Date(timeIntervalSince1970: 0))
    let recorded = try run.configuration()
    #expect(recorded["subject"] == "movie-preferences")
    #expect(recorded["options"]?.object == configuration.options)
    #expect(recorded["seed"] == 3)
    #expect(recorded["created"] == "1970-01-01T00:00:00Z")
    #expect(recorded["host"]?.object?["cpu"]?.string?.isEmpty == false)
    #expect(recorded["content_hash"]?.string == configuration.contentHash)
    let source = run.sourcesURL.appendingPathComponent("ipo.lua")
    #expect(try String(contentsOf: source, encoding: .utf8) == "return 1\n")
    #expect(FileManager.default.fileExists(atPath: run.checkpointsURL.path))
    #expect(try run.summary() == nil)
    try run.writeSummary(["accuracy": 0.68])
    try run.writeSummary(["accuracy": 0.7])
    #expect(try run.summary() == ["accuracy": 0.7])
    try run.writeSamples("a film\n")
    #expect(try String(contentsOf: run.samplesURL, encoding: .utf8) == "a film\n")
    let left = try FileManager.default.contentsOfDirectory(atPath: run.url.path)
    #expect(!left.contains { $0.hasSuffix(".draft") })
  }

  @Test func namesAreNeverReused() throws {
    let folder = try TemporaryFolder()
    let names = try (0..<3).map { _ in try RunDirectory.create(configuration, in: folder.url).name }
    #expect(names == [names[0], names[0] + "-2", names[0] + "-3"])
  }

  @Test func rootFollowsTheEnvironment() {
    #expect(RunDirectory.root(environment: ["PERIGEE_RUNS": "/tmp/x"]).path == "/tmp/x")
    #expect(RunDirectory.root(environment: [:]).lastPathComponent == "runs")
    #expect(RunDirectory.root(environment: ["PERIGEE_RUNS": ""]).lastPathComponent == "runs")
  }

  @Test func damagedFilesNameTheLine() throws {
    let folder = try TemporaryFolder()
    let run = try RunDirectory.create(configuration, in: folder.url)
    try Data("{\n  \"a\": 1,\n  oops\n}\n".utf8).write(to: run.summaryURL)
    do {
      _ = try run.summary()
      Issue.record("read a damaged summary")
    } catch StoreError.malformed(let path, let line, _) {
      #expect(path == run.summaryURL.path)
      #expect(line == 3)
    }
    #expect(throws: StoreError.self) { try RunDirectory(existing: folder.file("nothing")) }
    #expect(try RunDirectory(existing: run.url) == run)
  }

  @Test func processorKinds() {
    #expect(HostDescription.processor("model name\t: Fast CPU @ 3GHz\n") == "Fast CPU @ 3GHz")
    let arm = "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"
    #expect(HostDescription.processor(arm) == "implementer 0x41 part 0xd0c")
    #expect(!HostDescription.processor("").isEmpty)
  }
}
