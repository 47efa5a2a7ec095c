import Foundation
import Testing

@testable import perigee

/// `perigee run --limit-seconds` and `--limit-memory`, and `perigee worker`.
@Suite struct LimitOptionTests {
  private func run(
    _ source: String, _ options: [String]
  ) throws -> Program.Outcome {
    let program = try Program()
    defer { program.clean() }
    try program.write("script.lua", source)
    return try program.run(["run", "script.lua"] + options)
  }

  @Test func timeEndsAScript() throws {
    let start = ContinuousClock.now
    let outcome = try run(
      "print 'begun'\nwhile true do pcall(function() while true do end end) end",
      ["--limit-seconds", "0.3"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "begun\n")
    #expect(outcome.errors.contains("script.lua:2: interrupted: out of time"))
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func memoryEndsAScript() throws {
    let outcome = try run(
      "local t = {}\nwhile true do pcall(function() t[#t + 1] = ('x'):rep(10000) end) end",
      ["--limit-memory", "32M"])
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.contains("script.lua:2: budget spent: more than 33554432 bytes of memory"))
  }

  @Test func scriptsWithinTheirLimitsAreLeftAlone() throws {
    let outcome = try run(
      "local pg = require 'perigee' print(pg.ones(3):sum():item())",
      ["--limit-seconds", "60", "--limit-memory", "1G"])
    #expect(outcome.status == 0 && outcome.output == "3.0\n", "\(outcome.errors)")
  }

  @Test func limitsThatAreNoneAreRefused() throws {
    #expect(try run("", ["--limit-seconds", "-1"]).status == 2)
    let outcome = try run("", ["--limit-memory", "much"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("\"much\" is no amount of memory"))
  }

  @Test func aFileCanBeTried() throws {
    let program = try Program()
    defer { program.clean() }
    try program.write(
      "good.lua",
      """
      local pg = require "perigee"
      return pg.loss { kind = "pairwise", compute = function(batch)
        return -pg.log_sigmoid(batch.chosen.logratio - batch.rejected.logratio) end }
      """)
    let good = try program.run(["worker", "--try", "good.lua"])
    #expect(good.status == 0 && good.output.contains("0.6931471805599453"), "\(good.errors)")
    try program.write("bad.lua", "local x = 1\nwhile true do end")
    let bad = try program.run(["worker", "--try", "bad.lua"])
    #expect(bad.status == 1)
    #expect(bad.errors.contains("candidate.lua:2: budget spent"), "\(bad.errors)")
  }

  @Test func evaluationsAreMeasured() throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try program.run(["worker", "--measure", "6", "--workers", "1"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("evaluations a second, 1 workers"))
  }
}
