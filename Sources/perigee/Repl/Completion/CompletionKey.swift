import CEdit
import Foundation

/// What the Tab key does at a terminal: adds what all words share, or lists the words.
final class CompletionKey {
  private static let mostListed = 200
  private let completer: Completer
  /// The lines of the input above the one being edited.
  var above = ""

  init(_ completer: Completer) { self.completer = completer }

  /// Handles the key for a line up to the cursor.
  func press(_ session: UnsafeMutablePointer<edit_session>, _ line: String) -> edit_answer {
    let offer = completer.offer(above + line)
    guard !offer.words.isEmpty else { return EDIT_NOTHING }
    let added = offer.common.dropFirst(offer.typed)
    if !added.isEmpty {
      edit_replace(session, 0, String(added))
      return EDIT_CHANGED
    }
    guard offer.words.count > 1 else { return EDIT_NOTHING }
    list(offer.words)
    return EDIT_LISTED
  }

  private func list(_ words: [String]) {
    print("")
    let shown = Array(words.prefix(Self.mostListed))
    for line in Self.columns(shown, width: Terminal(STDOUT_FILENO).columns) { print(line) }
    if shown.count < words.count { print("... \(words.count - shown.count) more") }
    fflush(nil)
  }

  /// Words in columns, read downwards.
  static func columns(_ words: [String], width: Int) -> [String] {
    let column = (words.map(\.count).max() ?? 0) + 2
    let perLine = max(1, width / column)
    let lines = (words.count + perLine - 1) / perLine
    return (0..<lines).map { line in
      let row = stride(from: line, to: words.count, by: lines).map { words[$0] }
      let padded = row.dropLast().map { $0 + String(repeating: " ", count: column - $0.count) }
      return padded.joined() + (row.last ?? "")
    }
  }
}
