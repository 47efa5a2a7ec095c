import ArgumentParser
import Foundation
import Methods
import Trials

/// `perigee methods [SEARCH]`: the methods that come with the program.
struct MethodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "List the methods of the standard library.",
    discussion: """
      With words, only the methods that mention all of them in name, kind, summary, inputs or paper:
        perigee methods unpaired
        perigee methods f-divergence rafailov
      """)

  @Argument(help: "Words to search for.")
  var search: [String] = []

  func run() throws {
    let runner = try ScriptRunner()
    let catalogue = runner.catalogue
    let all = catalogue.library.entries.map { MethodSummary($0, catalogue) }
    let found = all.filter { $0.mentions(search) }
    guard !found.isEmpty else { throw nothingFound(all) }
    var table = TextTable(header: ["name", "kind", "summary", "source"])
    table.rows = found.map { [$0.entry.name, $0.kind, $0.summary, $0.source] }
    let terminal = Terminal.output
    let columns = isatty(STDOUT_FILENO) != 0 ? terminal.columns : nil
    for line in table.lines(columns: columns, { terminal.styled($0, .bold) }) { print(line) }
  }

  private func nothingFound(_ all: [MethodSummary]) -> MethodError {
    let words = search.joined(separator: " ")
    let hint = NearestTopic.hint(words, all.map(\.entry))
    return MethodError("no method mentions \"\(words)\"\(hint)")
  }
}
