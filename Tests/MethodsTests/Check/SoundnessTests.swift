import Foundation
import LuaBindings
import Methods
import Testing

/// Findings beside gradient, finiteness and laws.
@Suite struct SoundnessTests {
  let catalogue: MethodCatalogue

  init() throws {
    catalogue = try MethodCatalogue(StandardLibrary.find(), in: ScriptSession())
  }

  private func report(_ declaration: String, isThorough: Bool = false) throws -> CheckReport {
    let path = NSTemporaryDirectory() + "perigee-sound-\(UUID().uuidString).lua"
    let source = "--- Under test.\nlocal pg = require \"perigee\"\nreturn \(declaration)\n"
    try source.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try MethodCheck(catalogue, isThorough: isThorough).run(path)
  }

  private func pairwise(_ compute: String, _ fields: String = "") -> String {
    """
    pg.loss { kind = "pairwise", \(fields) compute = function(batch, p)
      local c, r = batch.chosen, batch.rejected
      local u = 0.1 * (c.logratio - r.logratio)
      \(compute)
    end }
    """
  }

  private func text(_ report: CheckReport, _ check: String) -> String {
    report.findings.filter { $0.check == check }.map(\.message).joined(separator: "\n")
  }

  @Test func aLossMustDependOnThePolicy() throws {
    let report = try report(pairwise("return c.ref_log_prob - r.ref_log_prob"))
    #expect(!report.isPassing)
    #expect(text(report, "depends").contains("no derivative reaches chosen.log_prob"))
  }

  @Test(arguments: ["dpo", "aot", "kto", "plackett_luce", "bradley_terry", "sft", "bco_pair"])
  func partsOfABatchComeToTheSame(name: String) throws {
    let report = try MethodCheck(catalogue).run(name)
    #expect(
      report.passed.contains("micro-batches: 1, 2 and 8 parts give the same loss and gradient"),
      "\(report.text)")
  }

  /// A gradient that does not come from the loss alone cannot be put together from parts.
  @Test func aLossWithRandomDrawsHasNoParts() throws {
    let report = try report(
      pairwise("return -pg.log_sigmoid(u) * pg.rand(c.log_prob:size(1), { dtype = \"float64\" })"))
    #expect(text(report, "micro-batches").contains("in 1 parts"), "\(report.text)")
  }

  @Test func declarationsWithoutAFileAreChecked() throws {
    let value = try catalogue.session.lua.run(
      "local pg = require 'perigee' return " + pairwise("return -pg.log_sigmoid(u)"),
      chunkName: "=typed")[0]
    let report = try MethodCheck(catalogue).run(catalogue.adopt(value))
    #expect(report.isPassing, "\(report.text)")
    #expect(report.method == "loss")
  }

  @Test func whatALossDoesNotLookAtIsTold() throws {
    let free = try report(pairwise("return pg.softplus(r.log_prob - c.log_prob)"))
    #expect(text(free, "depends") == "not on the reference policy")
    let half = try report(pairwise("return -c.logratio"))
    #expect(text(half, "depends") == "not on the rejected completion")
  }

  @Test func theOrderOfTheBatchMustNotMatter() throws {
    let report = try report(
      pairwise(
        "return pg.softplus(-u) * pg.arange(1, u:size(1)):to(u.dtype)", "reduction = \"batch\","))
    #expect(text(report, "order").contains("in one order and"), "\(report.text)")
  }

  @Test func aBatchOfOneMustWork() throws {
    let report = try report(
      pairwise("return pg.softplus(-u) * pg.var(u)", "reduction = \"batch\","))
    #expect(text(report, "one row").contains("nan"), "\(report.text)")
  }

  @Test func singlePrecisionMustDo() throws {
    let report = try report(pairwise("return (pg.softplus(-u) + 1e7) - 1e7"))
    #expect(text(report, "precision").contains("in float32"), "\(report.text)")
  }

  @Test(arguments: [
    ("dpo", "decreasing, convex, slope in [-0.1, 0], saturates on the right side, antisymmetric"),
    ("ipo", "not monotone, convex, slope grows without bound, does not saturate, antisymmetric"),
    ("hinge", "decreasing, convex, slope in [-0.1, 0], saturates on the right side"),
  ])
  func theShapeIsTold(_ name: String, _ shape: String) throws {
    let report = try MethodCheck(catalogue).run(name)
    #expect(text(report, "shape") == "of the loss over the margin: " + shape)
  }

  @Test func aThoroughCheckTellsCostAndKin() throws {
    let report = try report(pairwise("return 2 * pg.softplus(-2 * u)"), isThorough: true)
    #expect(text(report, "equals").hasPrefix("dpo at beta 0.2 up to scale 2"))
    #expect(text(report, "cost").contains("operations with gradient"))
  }

  @Test(arguments: [
    ("chi_squared", "refused: f'(0+) is -2, not -inf"),
    ("total_variation", "refused: f'(0+) is -0.5, not -inf"),
  ])
  func divergencesWithoutSteepnessAreRefused(_ name: String, _ reason: String) throws {
    let report = try MethodCheck(catalogue).run(name)
    #expect(report.isPassing)
    #expect(text(report, "f-DPO").hasPrefix(reason))
  }

  @Test func steepDivergencesServeFDPO() throws {
    for name in ["reverse_kl", "forward_kl", "js", "jeffreys"] {
      let report = try MethodCheck(catalogue).run("divergences/" + name)
      #expect(report.passed.contains("f-DPO: usable: f'(0+) is -inf"), "\(report.text)")
    }
  }

  @Test func unsoundDivergencesFail() throws {
    let concave = try report("pg.divergence { f = function(u) return -u * pg.log(u) end }")
    #expect(text(concave, "convex").contains("f bends down at"))
    let shifted = try report("pg.divergence { f = function(u) return u * pg.log(u) + 1 end }")
    #expect(text(shifted, "f(1)").contains("is 1.0; subtract it"), "\(shifted.text)")
  }

  @Test func rulesThatClimbAreFound() throws {
    let report = try report(
      """
      pg.optimizer { params = { learning_rate = pg.positive(0.1) },
        update = function(i, p) return i.parameter + p.learning_rate * i.gradient end }
      """)
    #expect(text(report, "descends").contains("the height goes from"), "\(report.text)")
  }

  @Test func rewardsMustBeNumbersForEveryText() throws {
    let report = try report(
      """
      pg.reward { of = "text", compute = function(text)
        return select(2, text:gsub("good", "")) / #text
      end }
      """)
    #expect(text(report, "finite").contains("has the reward"), "\(report.text)")
  }
}
