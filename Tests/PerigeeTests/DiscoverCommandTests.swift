import Foundation
import Testing

@Suite struct DiscoverCommandTests {
  static let script = """
    local pg = require "perigee"
    return pg.discovery {
      task = pg.lab.bandit { contexts = 3, actions = 4, pairs = 96, policy = "tabular" },
      fixed = { steps = 30, batch = 32 },
      tune = { beta = { 0.02, 3 }, learning_rate = { 0.003, 0.1 }, points = 4, refinements = 2,
        seeds = 2, contenders = 2 },
      seeds = { validation = 4, fresh = 4, final = 5 },
      islands = 2, children = 4, finalists = 2,
      budget = { evaluations = 24 },
    }
    """

  @Test func searchesReplaysAndPromotes() throws {
    let program = try Program()
    defer { program.clean() }
    try program.write("find.lua", Self.script)
    let whole = try program.run(["discover", "find.lua", "--workers", "2"])
    #expect(whole.status == 0, "\(whole.errors)")
    #expect(whole.output.contains("5 final seeds, used once"))
    let candidates = try program.scores()
    #expect(candidates.count == 24)

    let id = try #require(try program.finished())
    let replay = try program.run(["discover", "replay", id])
    #expect(replay.status == 0, "\(replay.errors)")
    #expect(replay.output.contains("every number is the recorded one"))
    let promote = try program.run(["discover", "promote", id, "--out", "found.lua"])
    #expect(promote.status == 0, "\(promote.errors)")
    let check = try program.run(["check", "found.lua"])
    #expect(check.status == 0, "\(check.output)")
    let unknown = try program.run(["discover", "replay", "g0-i0-c99"])
    #expect(unknown.status != 0)
    #expect(unknown.errors.contains("has no candidate"))
  }

  @Test func tellsOfMistakesBeforeAnythingRuns() throws {
    let program = try Program()
    defer { program.clean() }
    for (text, expected) in [
      ("metric = \"regularised_value\"", "regularized_value"),
      ("fixed = { stps = 30 }", "steps"), ("tasks = 1", "task"),
      ("inputs = { \"margn\" }", "margin"),
      ("budget = {}", "budget must have one of"), ("baseline = \"dop\"", "dpo"),
      ("tune = { beta = 3 }", "two ends above 0"), ("kind = \"reward\"", "kind must be \"loss\""),
    ] {
      try program.write(
        "wrong.lua",
        "local pg = require 'perigee' return pg.discovery { task = pg.lab.bandit {}, \(text) }")
      let outcome = try program.run(["discover", "wrong.lua"])
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains(expected), "\(text): \(outcome.errors)")
    }
    try program.write("other.lua", "return 1")
    let other = try program.run(["discover", "other.lua"])
    #expect(other.errors.contains("expected the file to return pg.discovery"))
  }
}

extension Program {
  private func lines() -> [[String: Any]] {
    let root = folder.appendingPathComponent("runs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    let file = names.first.map { root.appendingPathComponent($0 + "/candidates.jsonl") }
    let text = file.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
    return text.split(separator: "\n").compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard object?["event"] as? String == "candidate" else { return nil }
      return object?["fields"] as? [String: Any]
    }
  }

  /// Ids with their validation scores, sorted.
  func scores() throws -> [String] {
    lines().map { fields in
      let scores = fields["scores"] as? [String: Any]
      return "\(fields["id"] ?? "") \(fields["status"] ?? "") \(scores?["validation"] ?? "")"
    }.sorted()
  }

  /// A candidate that was scored.
  func finished() throws -> String? {
    lines().first { $0["status"] as? String == "finished" }?["id"] as? String
  }
}
