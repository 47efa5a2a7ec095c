import Foundation
import LuaRuntime

/// A Lua error for people: `file.lua:12: message`, the line itself, and where it was called.
struct LuaErrorText {
  private let error: LuaError
  /// Sources whose frames and lines are not shown: pieces of this program.
  private let hidden: Set<String>

  init(_ error: LuaError, hiding hidden: Set<String> = []) {
    self.error = error
    self.hidden = hidden
  }

  func lines(_ terminal: Terminal) -> [String] {
    let isHidden = error.file.map(hidden.contains) ?? false
    // Who pressed Ctrl-C knows why; a limit says where it was reached.
    let isPressed = error.kind == .interrupted && (error.reason ?? .user) == .user
    let message = isHidden || isPressed ? error.message : error.description
    var lines = [terminal.styled(message, .red)]
    if isPressed { return lines }
    if let excerpt { lines.append(terminal.styled(excerpt, .dim)) }
    let frames = error.frames.filter { !hidden.contains($0.source) }
    // One frame says no more than the message does.
    let isTold = frames.count == 1 && frames[0].line == error.line
    guard !frames.isEmpty, !(isTold && !hidden.isEmpty) else { return lines }
    lines += ["traceback:"] + frames.map { "  \($0)" }
    if error.framesLeftOut > 0 { lines.append("  ... \(error.framesLeftOut) more") }
    return lines
  }

  /// The line of source that failed, where its file can be read.
  private var excerpt: String? {
    guard let file = error.file, let number = error.line, number > 0,
      let data = FileManager.default.contents(atPath: file)
    else { return nil }
    let source = String(decoding: data, as: UTF8.self)
    let all = source.split(separator: "\n", omittingEmptySubsequences: false)
    guard number <= all.count else { return nil }
    let text = all[number - 1].trimmingCharacters(in: .whitespaces)
    return text.isEmpty ? nil : "  \(number) | \(text)"
  }
}
