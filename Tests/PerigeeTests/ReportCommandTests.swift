import Foundation
import Testing

@Suite struct ReportCommandTests {
  @Test func writesTableAndPage() throws {
    let program = try Program()
    defer { program.clean() }
    try RecordedExperiment(failed: ["ipo": 2]).write(program)
    let outcome = try program.run(["report", "grid", "--no-figures"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("ipo has the highest mean value"))
    #expect(outcome.output.contains("! 1 of 10 trials failed and score the reference's 0."))
    #expect(outcome.output.contains("p of Wilcoxon's test, Holm-corrected"))
    let folder = program.folder.appendingPathComponent("runs/grid/report")
    let page = try String(
      contentsOf: folder.appendingPathComponent("index.html"), encoding: .utf8)
    #expect(page.contains("<h1>grid</h1>") && page.contains("signal 9"))
    let table = try String(contentsOf: folder.appendingPathComponent("arms.csv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 1 + 4)
  }

  @Test func theTableAloneWritesNothing() throws {
    let program = try Program()
    defer { program.clean() }
    try RecordedExperiment().write(program)
    let outcome = try program.run(["report", "--table"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("better than every other arm"))
    #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/runs/grid/report"))
  }

  @Test func saysWhatIsWrong() throws {
    let program = try Program()
    defer { program.clean() }
    #expect(try program.run(["report"]).errors.contains("there is no experiment in"))
    try RecordedExperiment().write(program)
    #expect(try program.run(["report", "girt"]).errors.contains("did you mean 'grid'?"))
    try program.write("runs/grid/cells.jsonl", "")
    #expect(try program.run(["report", "grid"]).errors.contains("grid has no reported trial yet"))
  }
}
