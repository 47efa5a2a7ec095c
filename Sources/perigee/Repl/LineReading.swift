import CEdit
import Foundation

/// What came of asking for a line.
enum LineInput: Equatable {
  case line(String)
  /// Ctrl-C: the line is given up.
  case cleared
  /// Ctrl-D or the end of the input.
  case end
}

/// Where a prompt gets its lines from.
protocol LineReading {
  func read(_ prompt: String) -> LineInput
  /// Offers a line again later.
  func remember(_ line: String)
}

/// Lines without editing, for input that is no terminal.
struct PlainReader: LineReading {
  func read(_ prompt: String) -> LineInput {
    print(prompt, terminator: "")
    fflush(nil)
    return readLine().map(LineInput.line) ?? .end
  }

  func remember(_ line: String) {}
}

/// Lines from a terminal, with editing and history.
final class TerminalReader: LineReading {
  private let session: UnsafeMutablePointer<edit_session>
  private let history: HistoryFile?
  private var latest: String?

  /// Nil where the terminal cannot be used for editing.
  ///
  /// - Parameter history: lines of earlier sessions; nil for none.
  init?(_ history: HistoryFile?) {
    guard let session = edit_open("perigee", Int32(HistoryFile.length)) else { return nil }
    self.session = session
    self.history = history
    for line in history?.lines() ?? [] { edit_remember(session, line) }
  }

  deinit { edit_close(session) }

  func read(_ prompt: String) -> LineInput {
    fflush(nil)
    guard let text = edit_read(session, prompt) else {
      if session.pointee.was_cleared != 0 { return .cleared }
      print("")
      return .end
    }
    let line = String(cString: text)
    return .line(line.hasSuffix("\n") ? String(line.dropLast()) : line)
  }

  func remember(_ line: String) {
    guard line != latest else { return }
    latest = line
    edit_remember(session, line)
    history?.append(line)
  }
}
