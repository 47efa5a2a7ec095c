import Foundation
import Testing

/// The help of each command is what `Tests/Golden/cli` holds.
///
/// To record it anew, run the tests with PERIGEE_RECORD=1 and read the difference.
@Suite struct HelpTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden/cli")

  @Test(arguments: [
    "perigee", "run", "repl", "ablate", "methods", "show", "check", "test", "plot", "export",
    "bench", "runs", "compare", "report", "init", "doctor", "worker", "discover",
  ])
  func snapshot(command: String) throws {
    let words = command == "perigee" ? ["--help"] : [command, "--help"]
    let program = try Program()
    defer { program.clean() }
    let outcome = try program.run(words)
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let file = Self.folder.appendingPathComponent("\(command).txt")
    if ProcessInfo.processInfo.environment["PERIGEE_RECORD"] == "1" {
      try outcome.output.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(outcome.output == (try String(contentsOf: file, encoding: .utf8)))
  }

  @Test func withoutArgumentsItIsHelp() throws {
    let bare = try Program.run()
    #expect(bare.status == 0)
    #expect(bare.output == (try Program.run("--help").output))
    #expect(bare.output.contains("SUBCOMMANDS:"))
  }

  @Test func version() throws {
    let outcome = try Program.run("--version")
    #expect(outcome.status == 0)
    #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }
}
