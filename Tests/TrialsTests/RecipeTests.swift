import ExperimentStore
import Foundation
import LuaRuntime
import Testing

@testable import Trials

/// The shipped recipes, run small on the synthetic world.
@Suite(.serialized) struct RecipeTests {
  private static let root: URL = {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-recipes-\(UUID().uuidString)")
    setenv("PERIGEE_RUNS", folder.path, 1)
    return folder
  }()

  private static let small = [
    "--source", "synthetic", "--epochs", "0.02", "--steps", "4", "--train-pairs", "64",
    "--samples", "8",
  ]

  private func run(_ recipe: String, _ arguments: [String], resume: String? = nil) throws {
    var settings = RunSettings()
    settings.arguments = arguments
    settings.isQuiet = true
    settings.resume = resume
    let runner = try ScriptRunner(settings)
    try runner.run(file: "\(runner.catalogue.library.root)/recipes/\(recipe).lua")
  }

  @Test func moviePreferencesLeavesAWholeRun() throws {
    let runs = RunList(root: RecipeTests.root)
    try run("movie-preferences", RecipeTests.small + ["--width", "32", "--layers", "1"])
    let record = try #require(try runs.records().first)
    #expect(record.state == .finished)
    let log = try record.directory.readLog()
    #expect(log.steps(of: "preference").count >= 2)
    let policy = record.directory.url.appendingPathComponent("policy")
    for name in ["model.safetensors", "config.json", "tokenizer.json"] {
      #expect(FileManager.default.fileExists(atPath: policy.appendingPathComponent(name).path))
    }
    #expect(record.summary?["kl"]?.object?["mean"]?.double?.isFinite == true)
    // A finished run resumes to the same end without training anything.
    let steps = log.steps(of: "preference").count
    try run(
      "movie-preferences", RecipeTests.small + ["--width", "32", "--layers", "1"],
      resume: record.directory.name)
    #expect(try record.directory.readLog().steps(of: "preference").count == steps)
    #expect(throws: LuaError.self) {
      try run("movie-preferences", RecipeTests.small, resume: record.directory.name)
    }
  }

  @Test func movieSettingsTriesEverySetting() throws {
    let runs = RunList(root: RecipeTests.root)
    try run("movie-settings", RecipeTests.small + ["--seeds", "1", "--steps", "3"])
    let record = try #require(try runs.records().first)
    #expect(try record.directory.readLog().results.names.count == 9)
    #expect(record.state == .finished)
  }

  @Test func aRecipeMayTuneTheMethodItNames() throws {
    func value(_ words: [String]) throws -> [String] {
      var settings = RunSettings()
      (settings.arguments, settings.isQuiet) = (words, true)
      let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("perigee-\(UUID().uuidString).lua")
      defer { try? FileManager.default.removeItem(at: file) }
      let source = """
        local pg = require "perigee"
        local o = pg.options { name = "r", methods = { loss = { "dpo", beta = 0.3 } } }
        error(("%s %g"):format(o.loss.name, o.loss.params.beta), 0)
        """
      try source.write(to: file, atomically: true, encoding: .utf8)
      let thrown = #expect(throws: LuaError.self) {
        try ScriptRunner(settings).run(file: file.path)
      }
      return thrown.map { [$0.message] } ?? []
    }
    #expect(try value([]) == ["dpo 0.3"])
    #expect(try value(["--beta", "0.5"]) == ["dpo 0.5"])
    #expect(try value(["--loss", "hinge"]) == ["hinge 0.1"])
  }

  @Test func movieEvidenceComparesArmsOverSeeds() throws {
    let runs = RunList(root: RecipeTests.root)
    let before = try runs.records().count
    try run("movie-evidence", RecipeTests.small + ["--seeds", "2"])
    #expect(try runs.records().count == before + 2)
  }

  @Test func unknownOptionsNameTheNearest() throws {
    let error = #expect(throws: OptionError.self) {
      try run("movie-preferences", ["--sead", "3"])
    }
    #expect(error?.description.contains("--seed") == true)
    #expect(throws: OptionError.self) { try run("movie-preferences", ["--beta", "-1"]) }
  }
}
