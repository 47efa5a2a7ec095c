import Foundation
import Testing

@Suite struct CompareCommandTests {
  @Test func comparesArmsSeedBySeed() throws {
    let program = try Program()
    defer { program.clean() }
    try RecordedExperiment().write(program)
    let outcome = try program.run(["compare", "grid/ipo", "grid/dpo"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("ipo (5 seeds)"))
    #expect(outcome.output.contains("With 5 pairs Wilcoxon's p cannot be below 0.0625."))
    let json = try program.run(
      ["compare", "grid/ipo", "grid/dpo", "--metric", "value", "--json"]).output
    let row = try #require(
      JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    let difference = try #require(row["difference"] as? [String: Any])
    #expect(abs((difference["estimate"] as? Double ?? 0) - 0.2) < 0.012)
    #expect(difference["resamples"] as? Int == 0)
    #expect(row["pairs"] as? Int == 5)
    #expect(row["wilcoxon_p"] as? Double == 0.0625)
  }

  @Test func conditionsNameASide() throws {
    let program = try Program()
    defer { program.clean() }
    try RecordedExperiment().write(program)
    let outcome = try program.run(["compare", "loss=ipo", "loss=dpo", "--metric", "kl"])
    #expect(outcome.status == 0 && outcome.output.contains("kl "))
    let vague = try program.run(["compare", "steps=300", "loss=dpo"])
    #expect(vague.status == 1)
    #expect(vague.errors.contains("'steps=300' means 2 different things, which differ in loss"))
  }

  @Test func failuresCountAsTheReference() throws {
    let program = try Program()
    defer { program.clean() }
    try RecordedExperiment(failed: ["ipo": 3]).write(program)
    let outcome = try program.run(
      ["compare", "grid/ipo", "grid/dpo", "--metric", "value", "--json"]).output
    #expect(outcome.contains("\"pairs\":5"))
    #expect(try program.run(["compare", "grid/ipo", "grid/dpo"]).output.contains("1 not finished"))
  }

  @Test func saysWhatIsWrong() throws {
    let program = try Program()
    defer { program.clean() }
    try RecordedExperiment().write(program)
    let arm = try program.run(["compare", "grid/ipp", "grid/dpo"])
    #expect(arm.errors.contains("grid has no arm 'ipp'; did you mean \"ipo\"?"))
    let whole = try program.run(["compare", "grid", "grid/dpo"])
    #expect(whole.errors.contains("grid is an experiment: name an arm of it"))
    let metric = try program.run(["compare", "grid/ipo", "grid/dpo", "--metric", "vlaue"])
    #expect(metric.status == 2 && metric.errors.contains("did you mean \"value\"?"))
  }
}
