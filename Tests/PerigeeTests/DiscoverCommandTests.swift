import Foundation
import Testing

@Suite struct DiscoverCommandTests {
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
