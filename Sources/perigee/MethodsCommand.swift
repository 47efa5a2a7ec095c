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
      With --table, what the library has of the literature, each file checked, in Markdown.
      """)

  @Argument(help: "Words to search for.")
  var search: [String] = []

  @Flag(help: "Show methods of the literature with files, status and checks.")
  var table = false

  func validate() throws {
    guard table && !search.isEmpty else { return }
    throw ValidationError("--table takes no words")
  }

  func run() throws {
    let runner = try ScriptRunner()
    let catalogue = runner.catalogue
    if table {
      let rows = try CoverageTable(catalogue.library)
      print(try rows.markdown(MethodCheck(catalogue)), terminator: "")
      return
    }
    let all = catalogue.library.entries.map { MethodSummary($0, catalogue) }
    let found = all.filter { $0.mentions(search) }
    guard !found.isEmpty else { throw nothingFound(all) }
    var lines = TextTable(header: ["name", "kind", "summary", "source"])
    lines.rows = found.map { [$0.entry.name, $0.kind, $0.summary, $0.source] }
    let terminal = Terminal.output
    let columns = isatty(STDOUT_FILENO) != 0 ? terminal.columns : nil
    for line in lines.lines(columns: columns, { terminal.styled($0, .bold) }) { print(line) }
  }

  private func nothingFound(_ all: [MethodSummary]) -> MethodError {
    let words = search.joined(separator: " ")
    let hint = NearestTopic.hint(words, all.map(\.entry))
    return MethodError("no method mentions \"\(words)\"\(hint)")
  }
}
