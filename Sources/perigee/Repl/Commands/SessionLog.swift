import Foundation
import Trials

/// What was typed in a session and ran without an error, to be saved as a script.
final class SessionLog {
  struct Entry {
    let number: Int
    /// Lua as it was typed; commands as the Lua they stand for.
    let text: String
    /// Whether it is an expression, which a script must do something with.
    let isExpression: Bool
    let isSilent: Bool
  }

  private(set) var entries: [Entry] = []
  /// Files that were loaded, in the order first loaded.
  private(set) var files: [String] = []

  func add(_ entry: Entry) { entries.append(entry) }

  func add(file: String) {
    if !files.contains(file) { files.append(file) }
  }

  func clear() {
    entries = []
    files = []
  }

  /// The session as a script that prints what the session printed.
  var script: String {
    let used = Set(entries.flatMap { LuaTokens.of(Array($0.text.utf8)) }.map(\.text))
    let body = entries.map { entry -> String in
      guard entry.isExpression else { return entry.text }
      let kept = ["_", "_\(entry.number)"].filter(used.contains)
      if kept.isEmpty, !entry.isSilent { return "print(\(entry.text))" }
      if kept.isEmpty { return "_ = \(entry.text)" }
      let assigned = "\(kept[0]) = \(entry.text)"
      let others = kept.dropFirst().map { "\n\($0) = \(kept[0])" }.joined()
      return assigned + others + (entry.isSilent ? "" : "\nprint(\(kept[0]))")
    }
    let head = "-- A session of Perigee \(ProgramVersion.current).\npg = require \"perigee\"\n"
    return head + body.map { "\n" + $0 }.joined() + "\n"
  }
}
