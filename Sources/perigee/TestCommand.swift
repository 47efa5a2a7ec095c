import ArgumentParser
import LuaRuntime
import Trials

/// `perigee test [DIR]`: the spec files of a project.
struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run Lua spec files: describe, it, expect.",
    discussion: """
      Runs every *_spec.lua of a folder, each in a Lua state of its own, with equal seeds for each
      test. Expectations: to_equal, to_be_near(value, tolerance), to_be, to_be_truthy,
      to_have_shape, to_be_finite, to_fail(pattern), and expect(x).never for their opposites;
      tensors, numbers and tables compare element by element. Exit code 1 when a test fails.
      """)

  @Argument(help: "A folder or a spec file.")
  var path = "."

  @Option(help: "Run only tests whose name contains this text.")
  var filter = ""

  @Flag(help: "Name every test, not only those that fail.")
  var verbose = false

  @OptionGroup var execution: ExecutionOptions

  func run() throws {
    let terminal = Terminal.output
    var (passed, failed) = (0, 0)
    for file in try SpecFile.find(path) {
      let outcomes = try file.run(filter: filter, threads: execution.threadCount)
      for outcome in outcomes {
        guard let failure = outcome.failure else {
          passed += 1
          if verbose { print("\(terminal.styled("ok  ", .green)) \(file.path): \(outcome.name)") }
          continue
        }
        failed += 1
        print("\(terminal.styled("fail", .bold, .red)) \(file.path): \(outcome.name)")
        for line in Self.lines(failure, terminal) { print("     \(line)") }
      }
    }
    guard passed + failed > 0 else {
      throw UsageError("no test has \"\(filter)\" in its name")
    }
    print("\(passed) passed, \(failed) failed")
    if failed > 0 { throw ReportedFailure() }
  }

  private static func lines(_ error: any Error, _ terminal: Terminal) -> [String] {
    guard let lua = error as? LuaError else { return ["\(error)"] }
    return LuaErrorText(lua, hiding: [SpecLibrary.chunkName, "spec"]).lines(terminal)
  }
}
