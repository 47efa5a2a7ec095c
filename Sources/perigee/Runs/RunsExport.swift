import ArgumentParser
import ExperimentStore
import Foundation
import Report

/// `perigee runs export`: trials for other programs.
struct RunsExport: ParsableCommand {
  /// The formats.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv, jsonl, tensorboard, optuna
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write trials for other programs: CSV, JSON Lines, TensorBoard, Optuna.",
    discussion: """
      CSV is tidy: one line a trial and metric, or a trial, metric and step with --curves.
      TensorBoard gets a folder of event files with scalars and hyper-parameters, Optuna a journal
      of one study an experiment:
        perigee runs export which-loss --to tensorboard --output events
        tensorboard --logdir events
        perigee runs export which-loss --to optuna --output journal.log
        optuna-dashboard journal.log
      """)

  @Argument(help: "Runs and experiments by name; all of them.")
  var names: [String] = []

  @OptionGroup var filter: TrialFilter

  @Option(help: "csv, jsonl, tensorboard or optuna.")
  var to: Format

  @Option(help: "A file, or a folder for TensorBoard; the terminal.")
  var output: String?

  @Flag(help: "CSV of values along the steps instead of results.")
  var curves = false

  func validate() throws {
    if to == .tensorboard && output == nil {
      throw ValidationError("--to tensorboard needs --output FOLDER")
    }
    if curves && to != .csv { throw ValidationError("--curves goes with --to csv") }
  }

  func run() throws {
    let index = try RunIndex.open()
    let trials = try ExportedTrial.load(index, entries: names, where: try filter.parsed())
    guard !trials.isEmpty else { throw ReportError("there is nothing to export") }
    switch to {
    case .csv: try write(TextExport.csv(trials, curves: curves))
    case .jsonl: try write(TextExport.jsonLines(trials))
    case .optuna: try write(OptunaExport.journal(trials, plans: try plans(trials, index)))
    case .tensorboard:
      let folder = URL(fileURLWithPath: output ?? "events", isDirectory: true)
      let files = try TensorBoardExport.write(trials, to: folder)
      print("\(trials.count) trials in \(files) event files: \(folder.path)")
    }
  }

  private func plans(
    _ trials: [ExportedTrial], _ index: RunIndex
  ) throws -> [String: ExperimentPlan] {
    let names = Set(trials.map(\.trial).filter { $0.kind == .experiment }.map(\.entry)).sorted()
    guard !names.isEmpty else {
      throw ReportError("only experiments can be exported to Optuna, and none is meant")
    }
    var plans: [String: ExperimentPlan] = [:]
    for name in names {
      let folder = index.root.appendingPathComponent(name, isDirectory: true)
      plans[name] = try ExperimentDirectory(existing: folder).plan()
    }
    return plans
  }

  private func write(_ text: String) throws {
    guard let output else {
      print(text, terminator: "")
      return
    }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
    } catch {
      throw ReportError("\(output): cannot be written: \(error.localizedDescription)")
    }
    print(output)
  }
}
