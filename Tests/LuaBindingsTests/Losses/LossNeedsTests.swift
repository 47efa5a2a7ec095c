import LuaBindings
import TestSupport
import Testing

/// What a loss may ask for beside the fields every batch has.
@Suite struct LossNeedsTests {
  let script: Script

  init() throws { script = try Script() }

  private func loss(_ kind: String, _ needs: String, _ body: String) -> String {
    "pg.loss { kind = '\(kind)', needs = { \(needs) }, compute = function(b) return \(body) end }"
  }

  @Test func viewsSamplesAndColumnsAreFields() throws {
    let source = loss(
      "pairwise", "models = { 'guide' }, samples = { 'online' }, columns = { 'weight' }",
      "b.column.weight * (b.chosen.guide.log_prob + b.online.logratio)")
    let call = """
      return \(source) {
        chosen = { log_prob = { 0 }, guide = { log_prob = { -2 } } },
        rejected = { log_prob = { 0 } },
        online = { log_prob = { -1 }, ref_log_prob = { -4 } }, column = { weight = { 10 } } }
      """
    expectClose(try script.numbers(call), [10])
  }

  @Test func sidesHaveFurtherTensors() throws {
    let source = loss(
      "token", "side = { advantage = 'batch token' }",
      "(b.completion.advantage * b.completion.token_log_probs):sum(2)")
    let call = """
      return \(source) { completion = {
        token_log_probs = { { -1, -2 } }, advantage = { { 3, 4 } } } }
      """
    expectClose(try script.numbers(call), [-11])
  }

  @Test func groupsHaveOneLossEach() throws {
    let source = loss("groupwise", "", "(b.mask * b.completion.reward):sum(2)")
    let batch =
      "{ completion = { reward = { { 1, 2 }, { 3, 0 } } }, mask = { { 1, 1 }, { 1, 0 } } }"
    expectClose(try script.numbers("return \(source) \(batch)"), [3, 3])
    let wrong = loss("groupwise", "", "b.mask * b.completion.reward")
    #expect(script.failure("return \(wrong) \(batch)").contains("one loss for each row, [2]"))
  }

  @Test func mistakesAreNamed() {
    #expect(
      script.failure("return " + loss("pairwise", "columns = 3", "1"))
        .contains("needs.columns must be a list of names"))
    #expect(
      script.failure("return " + loss("pairwise", "colums = {}", "1"))
        .contains("did you mean \"columns\"?"))
    #expect(
      script.failure(
        "return \(loss("pairwise", "models = { 'guide' }", "1")) { chosen = { guid = {} } }"
      ).contains("did you mean \"guide\"?"))
  }
}
