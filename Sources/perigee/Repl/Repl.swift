import Foundation
import LuaBindings
import LuaRuntime
import Trials

/// The prompt: reads, evaluates, prints, until the input ends.
final class Repl {
  private let evaluator: Evaluator
  private let reader: any LineReading
  private let help: HelpPages
  private var inputs: [String: String] = [:]
  private var number = 1

  init(_ runner: ScriptRunner, _ reader: any LineReading) throws {
    evaluator = try Evaluator(runner.session) { Terminal(STDOUT_FILENO).columns }
    self.reader = reader
    help = HelpPages(runner, evaluator)
  }

  func run() {
    print("Perigee \(ProgramVersion.current), Lua 5.4. ? is help, Ctrl-D leaves.")
    while step() {}
  }

  /// One input from prompt to value; false at the end.
  private func step() -> Bool {
    var text = ""
    while true {
      switch reader.read(text.isEmpty ? "[\(number)]> " : "...> ") {
      case .end:
        if !text.isEmpty { complain("the input ends before this does") }
        return false
      case .cleared: return true
      case .line(let line):
        let line = PastedPrompt.strip(line)
        guard !line.allSatisfy(\.isWhitespace) || !text.isEmpty else { return true }
        if !line.isEmpty { reader.remember(line) }
        text += text.isEmpty ? line : "\n" + line
        if isDone(text) { return true }
      }
    }
  }

  /// Runs the input; false where it goes on in the next line.
  private func isDone(_ text: String) -> Bool {
    InterruptSignal.reset()
    do {
      if text.hasPrefix("?") {
        for line in try help.page(text, inputs: inputs) { print(line) }
        return true
      }
      let name = "[\(number)]"
      switch try evaluator.read(text, name: name) {
      case .incomplete: return false
      case .wrong(let message): complain(message)
      case .ready(let function, let names, let isSilent):
        inputs["=" + name] = text
        defer { number += 1 }
        try evaluator.run(function, names: names, isSilent: isSilent, number: number)
      }
    } catch let error as LuaError {
      let lines = LuaErrorText(error, hiding: [PromptScript.name]).lines(Terminal.errors)
      for line in lines { Terminal.errors.writeLine(line) }
    } catch {
      complain(String(describing: error))
    }
    fflush(nil)
    return true
  }

  private func complain(_ message: String) {
    Terminal.errors.writeLine(Terminal.errors.styled(message, .red))
  }
}

/// Lines copied from a session, prompts and all.
enum PastedPrompt {
  /// The line without `[3]> `, `...> `, `> ` or `>> ` at its start.
  static func strip(_ line: String) -> String {
    guard let match = line.prefixMatch(of: /\s*(\[\d+\]>|\.\.\.>|>>?)(\s|$)/) else { return line }
    return String(line[match.range.upperBound...])
  }
}
