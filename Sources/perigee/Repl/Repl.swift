import Foundation
import LuaBindings
import LuaRuntime
import Trials

/// The prompt: reads, evaluates, prints, until the input ends.
final class Repl {
  private let evaluator: Evaluator
  private let reader: any LineReading
  private let help: HelpPages
  private let log = SessionLog()
  private var inputs: [String: String] = [:]
  private var number = 1

  init(_ runner: ScriptRunner, _ reader: any LineReading) throws {
    let host = PromptHost(runner.catalogue) {
      Terminal(STDOUT_FILENO).columns
    }
    let evaluator = try Evaluator(runner.session, host)
    self.evaluator = evaluator
    self.reader = reader
    help = HelpPages(runner, evaluator)
    try runner.session.register(
      SessionFunctions.all(runner.catalogue, log) { [weak evaluator] in try evaluator?.reset() })
    if let terminal = reader as? TerminalReader {
      terminal.complete(with: CompletionKey(Completer(runner, evaluator)))
    }
  }

  func run() {
    print("Perigee \(ProgramVersion.current), Lua 5.4. ? is help, Tab completes, Ctrl-D leaves.")
    while step() {}
  }

  /// One input from prompt to value; false at the end.
  private func step() -> Bool {
    var text = ""
    while true {
      reader.goOn(after: text.isEmpty ? "" : text + "\n")
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
        if [":quit", ":q", ":exit"].contains(text) { return false }
        if isDone(text) { return true }
      }
    }
  }

  /// Runs the input; false where it goes on in the next line.
  private func isDone(_ text: String) -> Bool {
    InterruptSignal.reset()
    let text = text.hasPrefix(":help") ? "?" + text.dropFirst(5) : text
    do {
      if text.hasPrefix("?") {
        for line in try help.page(text, inputs: inputs) { print(line) }
        return true
      }
      return try evaluate(text)
    } catch let error as LuaError {
      let lines = LuaErrorText(error, hiding: [PromptScript.name]).lines(Terminal.errors)
      for line in lines { Terminal.errors.writeLine(line) }
    } catch {
      complain(String(describing: error))
    }
    fflush(nil)
    return true
  }

  private func evaluate(_ text: String) throws -> Bool {
    let isCommand = text.hasPrefix(":") && !text.hasPrefix("::")
    let code =
      isCommand
      ? try ReplCommands.lua(
        text, isExpression: evaluator.isExpression,
        isVariable: { try evaluator.value($0) != nil })
      : text
    let name = "[\(number)]"
    switch try evaluator.read(code, name: name) {
    case .incomplete:
      guard isCommand else { return false }
      complain("this command ends too early")
    case .wrong(let message): complain(message)
    case .ready(let piece):
      inputs["=" + name] = code
      let entry = SessionLog.Entry(
        number: number, text: piece.text, isExpression: piece.isExpression,
        isSilent: piece.isSilent)
      defer { number += 1 }
      try evaluator.run(piece, number: number)
      if !isCommand || code.hasPrefix("pg.load(") { log.add(entry) }
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
