import Foundation
import LuaBindings
import Methods
import Testing

@Suite struct MethodCheckTests {
  let catalogue: MethodCatalogue

  init() throws {
    catalogue = try MethodCatalogue(StandardLibrary.find(), in: ScriptSession())
  }

  /// The report on a loss whose `compute` has the given body.
  private func report(_ body: String, header: String = "") throws -> CheckReport {
    let source = """
      --- A loss under test.
      --
      \(header)
      local pg = require "perigee"
      return pg.loss { kind = "pairwise", params = { beta = pg.positive(1) },
        compute = function(batch, p)
          local u = p.beta * (batch.chosen.logratio - batch.rejected.logratio)
          \(body)
        end }
      """
    let path = NSTemporaryDirectory() + "perigee-check-\(UUID().uuidString).lua"
    try source.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try MethodCheck(catalogue).run(path)
  }

  private func findings(_ report: CheckReport, _ check: String) -> [String] {
    report.findings.filter { $0.check == check }.map(\.message)
  }

  @Test func aSoundLossPasses() throws {
    let report = try report("return pg.softplus(-u)", header: "-- @law nonnegative")
    #expect(report.isPassing, "\(report.text)")
    #expect(report.findings.allSatisfy { $0.severity == .note }, "\(report.text)")
    #expect(report.text.contains("ok       gradient"))
  }

  @Test func findsNotANumber() throws {
    let report = try report("return pg.sigmoid(u / 0.05) * pg.exp(-u)")
    #expect(!report.isPassing)
    #expect(findings(report, "finite").first?.contains("nan") == true)
  }

  @Test func infinityMustBeStated() throws {
    let silent = try report("return pg.exp(-u)")
    #expect(silent.isPassing)
    #expect(findings(silent, "finite").first?.contains("@law infinite beyond range") == true)
    let stated = try report("return pg.exp(-u)", header: "-- @law infinite beyond range")
    #expect(stated.findings.filter { $0.check == "finite" }.map(\.severity) == [.note])
  }

  @Test func findsWrongShapesAndErrors() throws {
    #expect(
      findings(try report("return u:sum()"), "shape").first?.contains("one loss for each row")
        == true)
    let broken = try report("return u + batch.nothing")
    #expect(findings(broken, "shape").first?.contains("has no \"nothing\"") == true)
  }

  @Test func checksLaws() throws {
    let header = "-- @law zero_margin_value 2; decreasing in margin; nonsense"
    let laws = findings(try report("return u", header: header), "law")
    #expect(laws.count == 3)
    #expect(laws[0].contains("the loss at margin 0 is 0.0, not 2.0"))
    #expect(laws[1].contains("the loss rises"))
    #expect(laws[2].contains("is no law"))
  }

  @Test func warnsWithoutFailing() throws {
    let report = try report("if u:gt(0) then return u end return u")
    #expect(report.isPassing)
    #expect(findings(report, "condition").first?.contains("always true") == true)
    #expect(findings(report, "slope").first?.contains("rises with the margin at 0") == true)
  }

  @Test func warnsOfComparedParameters() throws {
    let report = try report("if p.beta == 1 then return pg.softplus(-u) end return pg.relu(-u)")
    #expect(report.isPassing)
    #expect(findings(report, "condition").first?.contains("never equals a number") == true)
  }

  @Test func runsExamples() throws {
    let failing = try report("return u", header: "-- @example 1 + 1 --> 3")
    #expect(findings(failing, "example") == ["gives [2.0], not [3.0]"])
    #expect(try report("return u", header: "-- @example {1, 2} --> {1, 2}").isPassing)
  }

  @Test func unknownMethodsAreNamed() {
    #expect(throws: MethodError.self) { try MethodCheck(catalogue).run("dop") }
  }

  @Test func findsRowsThatDependOnEachOther() throws {
    let report = try report("return u - u:mean()")
    #expect(findings(report, "rows").first?.contains("reduction = \"batch\"") == true)
  }

  /// The report on any file.
  private func report(file source: String) throws -> CheckReport {
    let path = NSTemporaryDirectory() + "perigee-check-\(UUID().uuidString).lua"
    try ("local pg = require 'perigee'\n" + source).write(
      toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try MethodCheck(catalogue).run(path)
  }

  @Test func findsPaddingThatCounts() throws {
    func group(_ body: String) throws -> CheckReport {
      try report(
        file: "return pg.loss { kind = 'groupwise', compute = function(b) return \(body) end }")
    }
    #expect(try group("(b.mask * b.completion.logratio):sum(2)").isPassing)
    let wrong = try group("b.completion.logratio:sum(2)")
    #expect(findings(wrong, "padding").count == 1)
  }

  @Test func everyChoiceIsChecked() throws {
    let report = try report(
      file: """
        return pg.loss { kind = 'pairwise', params = { form = pg.choice { 'sound', 'broken' } },
          compute = function(b, p)
            local x = b.chosen.logratio
            return p.form == 'sound' and pg.softplus(-x) or pg.log(pg.exp(-x) + 1) - pg.log(0 * x)
          end }
        """)
    #expect(report.passed.contains { $0.hasPrefix("gradient") })
    #expect(!report.isPassing)
  }

  @Test func findsGamesThatGoElsewhere() throws {
    let report = try report(
      file: """
        return pg.game { params = { tau = pg.positive(0.1) },
          step = function(game, policy) return policy end }
        """)
    #expect(report.isPassing, "\(report.text)")
    let path = NSTemporaryDirectory() + "perigee-check-\(UUID().uuidString).lua"
    try """
    --- A solver that stays where it is.
    --
    -- @law reaches the regularized equilibrium
    local pg = require "perigee"
    return pg.game { params = { tau = pg.positive(0.1) },
      step = function(game, policy) return policy end }
    """.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let wrong = try MethodCheck(catalogue).run(path)
    #expect(findings(wrong, "law").first?.contains("best response") == true)
  }
}
