import ArgumentParser
import Foundation
import LuaBindings
import Notation
import Trials

/// `perigee run FILE`: a script or recipe from its first line to its last.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a Lua script or a recipe.",
    usage: "perigee run FILE [options of the recipe] [--threads N] [--limit-seconds S] [--quiet]",
    discussion: """
      Options that are not listed here belong to the recipe, which declares them with pg.options:
        perigee run recipes/movie-preferences --loss my_loss.lua --beta 0.2 --seed 3
      Ctrl-C stops the script and keeps its records; a second one ends the process.
      """)

  @Argument(help: "A Lua file, a recipe of the standard library, or - for standard input.")
  var file: String

  @Argument(parsing: .allUnrecognized, help: "Options of the recipe.")
  var recipeOptions: [String] = []

  @OptionGroup var execution: ExecutionOptions

  @OptionGroup var limits: LimitOptions

  @Option(
    help: "Do one step and print what was built: graph, plan or kernels.",
    transform: Self.stage)
  var show: [ShowStage] = []

  @Flag(help: "Show no progress.")
  var quiet = false

  @Option(help: "Go on with a stopped run: its name, the beginning of one, or latest.")
  var resume: String?

  func run() throws {
    var settings = RunSettings()
    settings.threads = execution.threadCount
    settings.arguments = recipeOptions
    settings.show = Set(show)
    settings.isQuiet = quiet
    settings.resume = resume
    let runner = try ScriptTools.open(settings)
    let script = try ScriptFile(file, library: runner.catalogue.library)
    InterruptSignal.watch(runner.session.lua.control)
    limits.apply(to: runner.session)
    try script.run(runner, arguments: recipeOptions)
  }

  private static func stage(_ word: String) throws -> ShowStage {
    if let stage = ShowStage(rawValue: word) { return stage }
    let names = ShowStage.allCases.map(\.rawValue)
    throw ValidationError(
      "\"\(word)\" is no stage\(NearestName.hint(word, in: names)); "
        + "stages are \(names.joined(separator: ", "))")
  }
}

/// Options of the commands that compute.
struct ExecutionOptions: ParsableArguments {
  @Option(
    help: "Threads of kernels (default: the cores of this machine). Results do not depend on it.")
  var threads: Int?

  var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    guard (1...1024).contains(threadCount) else {
      throw ValidationError("--threads must be 1 or more, at most 1024; got \(threadCount)")
    }
  }
}
