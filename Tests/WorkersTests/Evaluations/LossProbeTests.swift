import Foundation
import LuaRuntime
import Testing

@testable import Workers

@Suite struct LossProbeTests {
  private let margins = [-2.0, 0, 0.5, 3]

  private func probe(_ body: String) -> LossProbe {
    LossProbe(
      source: """
        local pg = require "perigee"
        return pg.loss { kind = "pairwise", params = { beta = pg.positive(0.1) },
          compute = function(batch, p)
            local u = p.beta * (batch.chosen.logratio - batch.rejected.logratio)
            \(body)
          end }
        """,
      parameters: ["beta": .number(0.5)],
      batches: [.pairs(margins, margins.map { _ in 0 })])
  }

  @Test func lossesAndDerivativesComeBack() throws {
    let found = try TestPool.shared.evaluate(probe("return -pg.log_sigmoid(u)")).get().answer
    let batch = try #require(found.batches.first)
    for (place, margin) in margins.enumerated() {
      let u = 0.5 * margin
      #expect(abs(batch.losses[place] - log1p(exp(-u))) < 1e-12)
      let slope = -0.5 / (1 + exp(u))
      #expect(abs((batch.gradients["chosen.log_prob"]?[place] ?? 0) - slope) < 1e-12)
      #expect(abs((batch.gradients["rejected.log_prob"]?[place] ?? 0) + slope) < 1e-12)
    }
    #expect(found.nodeCount > 0)
  }

  @Test func impureLossesAreRefused() throws {
    let counted = probe("count = (count or 0) + 1 return u * count")
    guard case .failure(let failure) = TestPool.shared.evaluate(counted) else {
      Issue.record("a loss that counts its calls was accepted")
      return
    }
    #expect(failure.reason == .script)
    let looked = probe("if u:sum():item() > 0 then return u end return -u")
    guard case .failure(let look) = TestPool.shared.evaluate(looked) else {
      Issue.record("a loss that looks at values was accepted")
      return
    }
    #expect(look.message.contains("cannot look at a value"))
  }

  @Test func answersOfOtherLengthsAreRefused() throws {
    let asked = probe("return u")
    let short = LossProbe.BatchAnswer(losses: [1, 2], gradients: [:])
    #expect(asked.objection(to: .init(batches: [], nodeCount: 1)) != nil)
    #expect(asked.objection(to: .init(batches: [short], nodeCount: 1)) != nil)
    let odd = LossProbe.BatchAnswer(losses: margins, gradients: ["chosen.log_prob": margins])
    #expect(asked.objection(to: .init(batches: [odd], nodeCount: 1)) != nil)
    let whole = LossProbe.BatchAnswer(
      losses: margins,
      gradients: ["chosen.log_prob": margins, "rejected.log_prob": margins])
    #expect(asked.objection(to: .init(batches: [whole], nodeCount: 1)) == nil)
    #expect(asked.objection(to: .init(batches: [whole], nodeCount: -1)) != nil)
  }

  @Test func checksSayWhatIsDeclared() throws {
    let found = try TestPool.shared.evaluate(LossCheck(source: probe("return u").source)).get()
    #expect(found.answer.family == "loss" && found.answer.kind == "pairwise")
    #expect(found.answer.parameters == ["beta"] && found.answer.reduction == "example")
    guard case .failure(let failure) = TestPool.shared.evaluate(LossCheck(source: "return 1"))
    else {
      Issue.record("1 was accepted as a declaration")
      return
    }
    #expect(failure.reason == .script)
    let invented = LossCheck.Answer(
      family: "loss", kind: "invented", reduction: nil, parameters: [], state: [],
      needsMismatched: false)
    #expect(LossCheck(source: "").objection(to: invented) != nil)
  }

  @Test func unknownColumnsAreNamed() throws {
    var asked = probe("return u")
    asked.batches[0].columns["chosen.colour"] = margins
    guard case .failure(let failure) = TestPool.shared.evaluate(asked) else { return }
    #expect(failure.message == "a batch has no \"chosen.colour\"")
  }

  @Test func columnsOfTokensAndLabelsAreGiven() throws {
    let source = """
      local pg = require "perigee"
      return pg.loss { kind = "unpaired", compute = function(batch)
        local c = batch.completion
        return (c.token_log_probs * c.mask):sum(2) * batch.label + batch.column.score
      end }
      """
    let columns: [String: [Double]] = [
      "completion.log_prob": [-8, -4], "completion.ref_log_prob": [-8, -4], "label": [1, 0],
      "column.score": [10, 20],
    ]
    let asked = LossProbe(
      source: source,
      batches: [ProbeColumns(columns: columns, inputs: ["completion.log_prob"], tokens: 4)])
    let batch = try TestPool.shared.evaluate(asked).get().answer.batches[0]
    #expect(batch.losses == [2, 20])
    #expect(batch.gradients == ["completion.log_prob": [1, 0]])
  }
}
