import ArgumentParser
import ExperimentStore
import Foundation

/// `perigee runs rm`: folders of runs and experiments, gone.
struct RunsRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove runs and experiments with all they hold.")

  @Argument(help: "Runs and experiments by name.")
  var names: [String] = []

  @OptionGroup var filter: TrialFilter

  @Flag(help: "Do not ask.")
  var yes = false

  func validate() throws {
    guard !names.isEmpty || !filter.conditions.isEmpty else {
      throw ValidationError("name what to remove, or give --where")
    }
  }

  func run() throws {
    let index = try RunIndex.open()
    let entries = try chosen(index)
    guard !entries.isEmpty else {
      Terminal.errors.writeLine("nothing matches")
      return
    }
    if let running = entries.first(where: { $0.state == .running }) {
      throw UsageError("\(running.name) is running; nothing was removed")
    }
    guard try isConfirmed(entries) else {
      Terminal.errors.writeLine("nothing was removed")
      throw ReportedFailure()
    }
    for entry in entries {
      let folder = index.root.appendingPathComponent(entry.name, isDirectory: true)
      do {
        try FileManager.default.removeItem(at: folder)
      } catch {
        throw StoreError.system(
          operation: "remove", path: folder.path, reason: error.localizedDescription)
      }
      print("removed \(entry.name)")
    }
  }

  /// Named ones, or without names those all of whose trials meet the conditions.
  private func chosen(_ index: RunIndex) throws -> [IndexedEntry] {
    let conditions = try filter.parsed()
    let named = try names.map { try index.find($0) }
    guard !conditions.isEmpty else { return named }
    let all = Dictionary(
      try index.entries().map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    // An experiment with some trials that match is not meant as a whole.
    let whole = try index.entries(where: conditions).filter { found in
      all[found.name]?.trials == found.trials
    }
    guard !names.isEmpty else { return whole }
    return named.filter { entry in whole.contains { $0.name == entry.name } }
  }

  private func isConfirmed(_ entries: [IndexedEntry]) throws -> Bool {
    if yes { return true }
    let list = entries.map { "\($0.name) (\($0.trials) trial\($0.trials == 1 ? "" : "s"))" }
    guard isatty(STDIN_FILENO) != 0 else {
      throw UsageError("this would remove \(list.joined(separator: ", ")); --yes does it")
    }
    print("Remove \(list.joined(separator: ", "))? [y/N] ", terminator: "")
    fflush(nil)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}
