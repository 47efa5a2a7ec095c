import Foundation
import LuaBindings
import Notation
import Testing
import Trials

@testable import Ablation

/// Declarations become plans: arms, names, cells by content.
@Suite struct AblationPlanTests {
  /// The plan of a script's declaration.
  static func plan(
    _ fields: String, _ changes: AblationChanges = AblationChanges(), before: String = ""
  ) throws -> AblationPlan {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("plan-\(UUID().uuidString).lua")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = """
      local pg = require "perigee"
      \(before)
      return pg.ablation { \(fields) }
      """
    try text.write(to: file, atomically: true, encoding: .utf8)
    let runner = try ScriptRunner()
    try AblationFunctions.register(in: runner.session)
    return try AblationFile.plan(file.path, changes, runner)
  }

  static let lab = "task = pg.lab.bandit {},"
  static let function = "task = function(config, seed) return { value = 1 } end,"

  @Test func combinationsConditionsAndFunctions() throws {
    let plan = try Self.plan(
      Self.function + """
        vary = {
          loss = { "a", "b" },
          beta = { 0.1, 0.2 },
          gap = pg.when({ loss = "b" }, { 1, 2 }),
          ["model.width"] = pg.when(function(c) return c.beta > 0.15 end, { 8 }),
          steps = function(c) return c.loss == "a" and 10 or nil end,
        }
        """)
    #expect(
      plan.arms.map(\.name) == [
        "a, beta 0.1, steps 10", "a, beta 0.2, model.width 8, steps 10",
        "b, beta 0.1, gap 1", "b, beta 0.1, gap 2", "b, beta 0.2, gap 1, model.width 8",
        "b, beta 0.2, gap 2, model.width 8",
      ])
  }

  @Test func designsAreReproducible() throws {
    let fields =
      Self.function
      + "vary = { x = pg.log_uniform(0.01, 1), n = pg.integer_range(1, 3) },"
      + "design = { kind = \"KIND\", points = 9 }"
    for kind in ["halton", "random"] {
      let plans = try (0..<2).map { _ in
        try Self.plan(fields.replacing("KIND", with: kind))
      }
      #expect(plans[0].arms == plans[1].arms)
      #expect(plans[0].arms.count == 9)
      for arm in plans[0].arms {
        #expect((0.01...1).contains(try #require(arm.settings["x"]?.double)))
        #expect((1...3).contains(try #require(arm.settings["n"]?.int)))
      }
    }
  }

  @Test func parametersThatALossLacksCollapse() throws {
    let plan = try Self.plan(
      Self.lab + "vary = { loss = { \"dpo\", \"hinge\" }, label_smoothing = { 0, 0.1 } }")
    #expect(
      plan.arms.map(\.name) == ["dpo, label_smoothing 0", "dpo, label_smoothing 0.1", "hinge"])
    #expect(plan.notes.contains { $0 == "label_smoothing does not apply to hinge" })
  }

  @Test(arguments: [
    ("vary = { loss = { \"dpoo\" } }", "did you mean \"dpo\"?"),
    ("vary = { loss = { \"dpo\" }, bata = { 1 } }", "did you mean \"beta\"?"),
    ("vary = { loss = { \"dpo\" }, beta = { -1 } }", "beta must be a number > 0"),
    (
      "vary = { loss = { \"dpo\" } }, metric = \"expected_rewrd\"",
      "did you mean \"expected_reward\"?"
    ),
    ("fixed = { loss = \"dpo\", width = 3 }", "which neither the task nor a loss knows"),
    ("fixed = { steps = 10 }", "an arm has no loss"),
    (
      "vary = { loss = { \"dpo\" } }, tune = { \"beta\" }, metric = \"expected_reward\"",
      "subject_to = { kl_to_reference = 5 }"
    ),
    (
      "vary = { loss = { \"dpo\", \"ipo\" }, beta = { 1, 2 } }, baseline = { loss = \"dpo\" }",
      "is 2 arms: \"dpo, beta 1\", \"dpo, beta 2\""
    ),
    (
      "fixed = { loss = \"dpo\" }, tune = { \"steps\", budget = 2, gamma = 3 }",
      "tune.gamma must be"
    ),
  ])
  func whatMakesNoSenseIsTold(_ fields: String, _ message: String) {
    #expect {
      _ = try Self.plan(Self.lab + fields)
    } throws: { error in
      let text = String(describing: error)
      if !text.contains(message) { Issue.record("\(text)") }
      return true
    }
  }

  @Test func rewardWithABoundIsAllowed() throws {
    let plan = try Self.plan(
      Self.lab + """
        fixed = { loss = "dpo" }, tune = { "beta", learning_rate = true, budget = 4 },
        metric = "expected_reward", subject_to = { kl_to_reference = 5 }, seeds = "3..5",
        """)
    #expect(plan.searches["only"]?.map(\.name) == ["beta", "learning_rate"])
    #expect(plan.searches["only"]?[1].range.scale == .logUniform)
    #expect(plan.declaration.seeds == [3, 4, 5])
    #expect(Set(plan.tuningSeeds).isDisjoint(with: plan.declaration.seeds))
  }

  @Test func theCommandLineAddsAndReplaces() throws {
    var changes = AblationChanges()
    changes.vary = ["beta=log(0.1,1,3)", "loss=dpo,ipo"]
    changes.fix = ["steps=20"]
    changes.seeds = "2"
    changes.baseline = ["loss=ipo", "beta=1"]
    let plan = try Self.plan(Self.lab + "vary = { beta = { 5 } }", changes)
    #expect(plan.arms.count == 6)
    #expect(plan.baseline == "ipo, beta 1")
    #expect(plan.arms[0].configuration["steps"] == 20)
    #expect(plan.declaration.seeds == [1, 2])
    for text in ["beta", "beta=", "beta=1,,2", "beta=log(1,0,3)"] {
      changes.vary = [text]
      #expect(throws: DeclarationError.self) { try Self.plan(Self.lab, changes) }
    }
  }

  @Test func cellsAreNamedByWhatDecides() throws {
    let fields = "vary = { beta = { 0.1, 0.2 } }, seeds = 3"
    func ids(_ text: String, _ before: String = "local k = 1") throws -> [String] {
      let task = "\n  task = function(config, seed) return { value = k } end,\n"
      return try Self.plan(task + text, before: before).reported().map(\.id)
    }
    let base = try ids(fields)
    #expect(Set(base).count == 6)
    #expect(try ids(fields) == base)
    #expect(
      try ids("vary = { beta = { 0.2, 0.1, 0.3 } }, seeds = 4").count { base.contains($0) } == 6)
    #expect(try Set(ids(fields, "local k = 2")).isDisjoint(with: base))
    #expect(try Set(ids(fields + ", varied = { \"order\" }")).isDisjoint(with: base))
  }
}
