import ArgumentParser
import ExperimentStore
import Foundation
import Report

/// `perigee runs`: what was run, and what came out.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, compare, remove and export runs and experiments.",
    discussion: """
      Runs and experiments lie in the folder 'runs', or $PERIGEE_RUNS. The records are plain files;
      index.sqlite beside them is made from them and can be deleted.
        perigee runs ls --where loss=dpo --where 'beta>0.1'
        perigee runs ls --group --show accuracy
        perigee runs ls which-loss --where status=diverged
      """,
    subcommands: [
      RunsList.self, RunsShow.self, RunsDifference.self, RunsRemove.self, RunsExport.self,
      RunsReindex.self,
    ],
    defaultSubcommand: RunsList.self)
}

/// Which trials a command is about.
struct TrialFilter: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: "Only trials with FIELD=VALUE; also != < <= > >=, and ~ for 'contains'. Repeatable.")
  var conditions: [String] = []

  func parsed() throws -> [FieldCondition] {
    do {
      return try conditions.map(FieldCondition.init(parsing:))
    } catch let error as StoreError {
      throw UsageError(error.description)
    }
  }
}

extension RunIndex {
  /// The index of the folder of runs; what cannot be read is named on standard error.
  static func open() throws -> RunIndex {
    let index = try RunIndex()
    for reason in index.latest.unreadable {
      Terminal.errors.writeLine(Terminal.errors.styled("left out: ", .yellow) + reason)
    }
    return index
  }
}

/// `perigee runs reindex`: the index made anew from the records.
struct RunsReindex: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reindex", abstract: "Make the index anew from the records.")

  func run() throws {
    let index = try RunIndex.open()
    let start = Date()
    let change = try index.rebuild()
    let seconds = NumberText.short(-start.timeIntervalSinceNow, digits: 2)
    print(
      "\(change.trials) trials of \(change.read) runs and experiments in \(seconds) s: "
        + RunIndex.file(in: index.root).path)
    guard change.unreadable.isEmpty else { throw ReportedFailure() }
  }
}
