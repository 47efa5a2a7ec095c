import Foundation
import Testing

/// `perigee run`: scripts, their options, their errors, and stopping them.
@Suite struct RunCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  @Test func runsAScript() throws {
    defer { program.clean() }
    try program.write(
      "sum.lua",
      """
      local pg = require "perigee"
      print(pg.tensor({1, 2, 3}):sum():item())
      print(arg[0], arg[1], arg[2], #arg)
      """)
    let outcome = try program.run(["run", "sum.lua", "--beta", "0.2"])
    #expect(outcome.status == 0)
    #expect(outcome.output == "6.0\nsum.lua\t--beta\t0.2\t2\n")
    #expect(outcome.errors == "")
  }

  @Test func ownOptionsMayFollowTheFile() throws {
    defer { program.clean() }
    try program.write("a.lua", "print(table.concat(arg, \" \"))")
    let outcome = try program.run(
      ["run", "a.lua", "--loss", "my.lua", "--threads", "1", "--beta=0.5", "--quiet"])
    #expect(outcome.status == 0)
    #expect(outcome.output == "--loss my.lua --beta=0.5\n")
  }

  @Test func standardInput() throws {
    defer { program.clean() }
    let outcome = try program.run(["run", "-"], input: "print(1 + 1)\nerror('no')\n")
    #expect(outcome.status == 1)
    #expect(outcome.output == "2\n")
    #expect(outcome.errors.hasPrefix("stdin:2: no\n"))
  }

  @Test func optionErrorsFromStandardInputAreUsage() throws {
    defer { program.clean() }
    let outcome = try program.run(
      ["run", "-", "--nosuch", "1"],
      input: "require('perigee').options { name = 'mine', options = {} }")
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("--nosuch"), "\(outcome.errors)")
  }

  @Test func errorHasFileLineAndTraceback() throws {
    defer { program.clean() }
    try program.write(
      "bad.lua",
      """
      local pg = require "perigee"
      local function inner(x)
        return pg.tensor({1, 2, 3}) + x
      end
      inner(pg.tensor({1, 2}))
      """)
    let outcome = try program.run(["run", "bad.lua"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("bad.lua:3: add: "), "\(outcome.errors)")
    #expect(outcome.errors.contains("[3]"))
    #expect(outcome.errors.contains("[2]"))
    #expect(outcome.errors.contains("  3 | return pg.tensor({1, 2, 3}) + x"))
    #expect(
      outcome.errors.contains("traceback:\n  bad.lua:3: in 'inner'\n  bad.lua:5: in the main"))
    #expect(!outcome.errors.contains("\u{1B}"))
  }

  @Test func syntaxError() throws {
    defer { program.clean() }
    try program.write("typo.lua", "local x = = 1\n")
    let outcome = try program.run(["run", "typo.lua"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("typo.lua:1: unexpected symbol near '='"))
  }

  @Test func missingFileNamesTheNearest() throws {
    defer { program.clean() }
    try program.write("my_loss.lua", "")
    let outcome = try program.run(["run", "my_los.lua"])
    #expect(outcome.status == 1)
    #expect(outcome.errors == "Error: my_los.lua: no such file; did you mean \"my_loss.lua\"?\n")
  }

  @Test func unknownOptionOfARecipe() throws {
    defer { program.clean() }
    try program.write(
      "recipe.lua",
      """
      local pg = require "perigee"
      local o = pg.options { name = "tiny", options = { seed = pg.integer(1) } }
      print(o.seed)
      """)
    let good = try program.run(["run", "recipe.lua", "--seed", "3"])
    #expect(good.status == 0)
    #expect(good.output == "3\n")
    let bad = try program.run(["run", "recipe.lua", "--sede", "3"])
    #expect(bad.status == 2)
    #expect(bad.errors.contains("did you mean \"--seed\"?"))
  }

  @Test func interruptStopsTheScript() throws {
    defer { program.clean() }
    try program.write(
      "loop.lua", "io.write('on\\n') io.flush() pcall(function() while true do end end)")
    let outcome = try program.run(["run", "loop.lua"]) { process, output in
      #expect(waits { (try? String(contentsOf: output, encoding: .utf8)) == "on\n" })
      process.interrupt()
    }
    #expect(outcome.status == 130)
    #expect(outcome.errors.hasPrefix("loop.lua:1: interrupted"))
  }

  @Test func interruptedTrainingCanBeResumed() throws {
    defer { program.clean() }
    try program.write(
      "train.lua",
      """
      local pg = require "perigee"
      local world = pg.movie_preferences { source = "synthetic", train_pairs = 32 }
      local tokenizer = pg.train_tokenizer(world.texts.train, { vocabulary = 300 })
      local model = pg.language_model(tokenizer, { width = 16, layers = 1, length = 64 })
      local run = pg.run { name = "tiny", seed = 1 }
      run:supervise(model, world.texts.train, { steps = 1000000, batch = 4 })
      """)
    let runs = program.folder.appendingPathComponent("runs")
    let outcome = try program.run(["run", "train.lua", "--quiet"]) { process, _ in
      #expect(waits(seconds: 60) { Self.loggedSteps(runs) > 0 })
      process.interrupt()
    }
    #expect(outcome.status == 130)
    let stopped = #/stopped at step \d+ of supervised; go on with --resume tiny\S*\n/#
    #expect(outcome.errors.wholeMatch(of: stopped) != nil, "\(outcome.errors)")
  }

  /// How many steps the logs below a folder hold.
  private static func loggedSteps(_ folder: URL) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.reduce(0) { count, name in
      let log = folder.appendingPathComponent(name + "/log.jsonl")
      let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
      return count + text.matches(of: #/"event":"step"/#).count
    }
  }

  @Test func secondInterruptEndsTheProcess() throws {
    defer { program.clean() }
    try program.write(
      "bomb.lua",
      "io.write('on\\n') io.flush(); (('a'):rep(32)):find(('a?'):rep(32) .. ('a'):rep(32))")
    let outcome = try program.run(["run", "bomb.lua"]) { process, output in
      #expect(waits { (try? String(contentsOf: output, encoding: .utf8)) == "on\n" })
      process.interrupt()
      usleep(200_000)
      #expect(process.isRunning)
      process.interrupt()
    }
    #expect(outcome.status == 130)
  }
}
