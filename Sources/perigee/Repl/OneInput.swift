import LuaRuntime
import Trials

/// A piece of code from the command line: no prompt, and what it prints is its value.
struct OneInput {
  /// What errors call it.
  private static let name = "command line"
  private let evaluator: Evaluator

  init(_ runner: ScriptRunner) throws {
    let host = PromptHost(runner.catalogue) { Terminal.output.columns }
    evaluator = try Evaluator(runner.session, host)
  }

  /// Runs the code.
  ///
  /// - Throws: `LuaError`, also for code that cannot be read.
  func run(_ text: String) throws {
    switch try evaluator.read(text, name: Self.name) {
    case .incomplete:
      throw LuaError(kind: .syntax, message: "\(Self.name): the code ends too early")
    case .wrong(let message): throw LuaError(kind: .syntax, message: message)
    case .ready(let piece): try evaluator.run(piece, number: 1)
    }
  }
}
