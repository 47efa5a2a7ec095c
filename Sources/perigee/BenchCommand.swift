import ArgumentParser
import Benchmarks
import Foundation

/// `perigee bench`: how fast the program is, beside others where they are at hand.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure the program, and others beside it.",
    discussion: """
      Runs cases in turns with every peer and prints medians, the limit of the machine, and what
      was reached of each target. scripts/bench builds the release and calls this.
      """)

  @Option(name: .customLong("case"), help: "A case, or the beginning of a name such as loss/dpo.")
  var cases: [String] = []

  @Option(help: "Numbers of threads, one after the other.", transform: Self.threadCounts)
  var threads = [1, 2]

  @Option(help: "Rounds of turns.")
  var rounds = 9

  @Option(help: "Seconds that a turn lasts about.")
  var seconds = 0.1

  @Option(help: "Seconds on the wall, or of the processor where a machine is busy.")
  var clock = BenchmarkClock.wall

  @Option(help: "A Python environment with torch, jax and numpy, compared where given.")
  var peers: String?

  @Option(help: "The folder of the peers' scripts.")
  var peerScripts = "scripts/peers"

  @Option(help: "A file that receives one JSON object a line.")
  var json: String?

  @Flag(help: "Print what a call of each case does, in counts, as JSON; measure nothing.")
  var counts = false

  @Flag(help: ArgumentHelp("Answer requests on standard input.", visibility: .hidden))
  var worker = false

  func validate() throws {
    guard rounds > 0, seconds > 0 else {
      throw ValidationError("--rounds and --seconds must be positive")
    }
  }

  func run() throws {
    if worker { return BenchmarkWorker.serve() }
    if counts { return print(try StepCounts.json(StepCounts.all()), terminator: "") }
    let results = try BenchmarkRun.run(settings()) { found in
      let lines =
        found.cells.map { $0.prefix(7).joined(separator: "  ") }
        + found.verdictCells.map { "  " + $0.dropFirst(2).joined(separator: "  ") }
      Self.note(lines)
    }
    printTable(BenchmarkResults.header, results.cells)
    printTable(BenchmarkResults.verdictHeader, results.verdictCells)
    if let json {
      try results.jsonLines().joined(separator: "\n").appending("\n")
        .write(toFile: json, atomically: true, encoding: .utf8)
    }
  }

  private func settings() throws -> BenchmarkSettings {
    var settings = BenchmarkSettings()
    settings.cases = cases
    settings.threads = threads
    settings.rounds = rounds
    settings.seconds = seconds
    settings.clock = clock
    settings.report = { Self.note([$0]) }
    if let peers {
      guard FileManager.default.isExecutableFile(atPath: peers + "/bin/python") else {
        throw ValidationError("\(peers) is no Python environment: it has no bin/python")
      }
      settings.peers = WorkerProgram.peers(environment: peers, scripts: peerScripts)
    }
    return settings
  }

  /// What is shown while the tables are still to come.
  private static func note(_ lines: [String]) {
    FileHandle.standardError.write(Data(lines.map { $0 + "\n" }.joined().utf8))
  }

  private func printTable(_ header: [String], _ rows: [[String]]) {
    guard !rows.isEmpty else { return }
    print("")
    var table = TextTable(header: header)
    table.rows = rows
    for line in table.lines(columns: nil) { print(line) }
  }

  private static func threadCounts(_ text: String) throws -> [Int] {
    let counts = text.split(separator: ",").compactMap { Int($0) }
    guard !counts.isEmpty, counts.allSatisfy({ (1...1024).contains($0) }) else {
      throw ValidationError("--threads takes numbers such as 1,2; got \"\(text)\"")
    }
    return counts
  }
}

extension BenchmarkClock: ExpressibleByArgument {}
