import ArgumentParser
import Foundation
import LuaBindings
import LuaRuntime
import Report
import Trials

/// `perigee plot THING...`: curves of losses and divergences, and of runs.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw losses with their gradients, divergences, or the curves of runs.",
    discussion: """
      In the terminal, or into a file ending in .svg, .png or .pdf:
        perigee plot dpo ipo hinge --file losses.svg
        perigee plot dpo --param beta=0.1 --param beta=0.5
        perigee plot latest --metric accuracy
      Runs that differ in their seed alone make one curve with a band.
      """)

  @Argument(help: "Methods such as dpo, Lua files, or runs by name; all of a kind.")
  var things: [String]

  @Option(help: "The picture: its ending is .svg, .png or .pdf.")
  var file: String?

  @Option(help: "Above the picture.")
  var title: String?

  @Option(parsing: .unconditional, help: "Where the horizontal axis begins.")
  var from: Double?

  @Option(parsing: .unconditional, help: "Where it ends.")
  var to: Double?

  @Option(help: "A parameter as name=value; given twice, two curves.")
  var param: [String] = []

  @Option(help: "Of runs: what is drawn; loss where there is one.")
  var metric: String?

  @Option(help: "Of runs: the stage of training; the last one.")
  var stage: String?

  @Flag(help: "A logarithmic vertical axis.")
  var log = false

  func validate() throws {
    guard !things.isEmpty else { throw ValidationError("name a method, a file or a run") }
    if let from, let to, from >= to {
      throw ValidationError("--from \(from) is not below --to \(to)")
    }
  }

  func run() throws {
    let runner = try ScriptRunner()
    InterruptSignal.watch(runner.session.lua.control)
    var options = PlotOptions()
    (options.file, options.title) = (file, title)
    (options.from, options.to) = (from, to)
    (options.metric, options.stage, options.isLogarithmic) = (metric, stage, log)
    if !param.isEmpty { options.parameters = try param.map(Self.parameter) }
    try PlotFunctions.draw(things, options, runner.catalogue, screen: Terminal.screen)
  }

  private static func parameter(_ text: String) throws -> [String: ParameterValue] {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw UsageError("--param takes name=value, got \"\(text)\"")
    }
    let value: ParameterValue =
      Double(parts[1]).map(ParameterValue.number)
      ?? (["true", "false"].contains(parts[1]) ? .flag(parts[1] == "true") : .text(parts[1]))
    return [parts[0]: value]
  }
}

extension Terminal {
  /// What pictures may take of the terminal.
  static func screen() -> PlotFunctions.Screen {
    let terminal = Terminal(STDOUT_FILENO)
    return PlotFunctions.Screen(
      columns: terminal.columns - 1, lines: terminal.lines, hasColour: terminal.hasColour)
  }
}
