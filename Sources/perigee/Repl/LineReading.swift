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
  /// Tells the lines of the input that stand above the next one.
  func goOn(after above: String)
}

/// Lines without editing, for input that is no terminal.
struct PlainReader: LineReading {
  func read(_ prompt: String) -> LineInput {
    print(prompt, terminator: "")
    fflush(nil)
    return readLine().map(LineInput.line) ?? .end
  }

  func remember(_ line: String) {}

  func goOn(after above: String) {}
}

/// Lines from a terminal, with editing and history.
final class TerminalReader: LineReading {
  private let session: UnsafeMutablePointer<edit_session>
  private let history: HistoryFile?
  private var latest: String?
  private var completion: CompletionKey?

  /// Nil where the terminal cannot be used for editing.
  ///
  /// - Parameter history: lines of earlier sessions; nil for none.
  init?(_ history: HistoryFile?) {
    guard let session = edit_open("perigee", Int32(HistoryFile.length)) else { return nil }
    self.session = session
    self.history = history
    history?.tidy()
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

  /// Completes words at the Tab key.
  func complete(with key: CompletionKey) {
    completion = key
    session.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
    session.pointee.complete = { owner, line, length in
      guard let owner, let line else { return EDIT_NOTHING }
      let reader = Unmanaged<TerminalReader>.fromOpaque(owner).takeUnretainedValue()
      let bytes = UnsafeRawBufferPointer(start: line, count: Int(length))
      let text = String(decoding: bytes, as: UTF8.self)
      return reader.completion?.press(reader.session, text) ?? EDIT_NOTHING
    }
  }

  func goOn(after above: String) { completion?.above = above }

  func remember(_ line: String) {
    guard line != latest else { return }
    latest = line
    edit_remember(session, line)
    history?.append(line)
  }
}
