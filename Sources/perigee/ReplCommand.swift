import ArgumentParser
import Foundation
import LuaRuntime
import Trials

/// `perigee repl`: a prompt that evaluates Lua, with tensors at hand.
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract: "Explore tensors, gradients and losses at a prompt.",
    discussion: """
      Expressions print their value, a ';' at the end keeps them silent, and ?name is help. Where
      standard input is no terminal, it is run as a script. ~/.config/perigee/init.lua is run first.
      """)

  @OptionGroup var execution: ExecutionOptions

  @Flag(help: "Neither read nor write the history of earlier sessions.")
  var noHistory = false

  @Flag(help: "Prompt even where standard input is no terminal.")
  var interactive = false

  @Option(
    name: .shortAndLong,
    help: "Evaluate this instead, print the value of an expression, and leave.")
  var evaluate: String?

  func run() throws {
    var settings = RunSettings()
    settings.threads = execution.threadCount
    let runner = try ScriptTools.open(settings)
    let lua = runner.session.lua
    try lua.run("pg = require 'perigee'", chunkName: "=perigee")
    if let evaluate {
      InterruptSignal.watch(lua.control)
      try runInit(lua)
      return try OneInput(runner).run(evaluate)
    }
    let isTerminal = isatty(STDIN_FILENO) != 0
    InterruptSignal.watch(lua.control, prompting: isTerminal || interactive)
    guard isTerminal || interactive else {
      try runInit(lua)
      return try ScriptFile.standardInput.run(runner, arguments: [])
    }
    let repl = try Repl(runner, reader(isTerminal))
    do {
      try runInit(lua)
    } catch {
      _ = FailureReport(error).write()
    }
    repl.run()
  }

  private func reader(_ isTerminal: Bool) -> any LineReading {
    let history = noHistory ? nil : HistoryFile()
    if isTerminal, let reader = TerminalReader(history) { return reader }
    return PlainReader()
  }

  private func runInit(_ lua: LuaState) throws {
    let file = ConfigurationFolder.path() + "/init.lua"
    guard FileManager.default.fileExists(atPath: file) else { return }
    try lua.runFile(file)
  }
}
