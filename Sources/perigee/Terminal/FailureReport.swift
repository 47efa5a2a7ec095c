import ArgumentParser
import Foundation
import LuaRuntime
import Trials

/// Tells what went wrong: on standard error, with file and line where there is one.
struct FailureReport {
  private let error: any Error
  private let terminal = Terminal.errors

  init(_ error: any Error) { self.error = error }

  /// Writes the report and returns the status to exit with.
  func write() -> ExitStatus {
    switch error {
    case let failure as ReportedFailure: return failure.status
    case let usage as UsageError:
      writeError(usage.description)
      terminal.writeLine("See 'perigee --help' for more information.")
      return .usage
    case let options as OptionError:
      writeError(options.description)
      return .usage
    case let stopped as TrialInterrupted:
      terminal.writeLine(stopped.description)
      return .interrupted
    case let lua as LuaError: return write(lua)
    default: return writeOther()
    }
  }

  private func write(_ error: LuaError) -> ExitStatus {
    if error.kind == .interrupted && error.reason == .user {
      terminal.writeLine(error.description)
      return .interrupted
    }
    for line in LuaErrorText(error).lines(terminal) { terminal.writeLine(line) }
    return .failure
  }

  /// Errors of the parser, and requests that it serves as errors, such as `--help`.
  private func writeOther() -> ExitStatus {
    let code = Perigee.exitCode(for: error)
    if code == .success {
      Terminal.output.writeLine(Perigee.fullMessage(for: error, columns: 100))
      return .success
    }
    if code == .validationFailure {
      terminal.writeLine(Perigee.fullMessage(for: error, columns: 100))
      return .usage
    }
    writeError(String(describing: error))
    return .failure
  }

  private func writeError(_ text: String) {
    terminal.writeLine(terminal.styled("Error:", .bold, .red) + " " + text)
  }
}
