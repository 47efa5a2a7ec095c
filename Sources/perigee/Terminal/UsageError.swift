import LuaBindings
import Notation

/// A command line that makes no sense.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// A word that is none of the known ones.
  init(unknown kind: String, _ word: String, _ known: [String]) {
    let hint = NearestName.hint(word, in: known)
    let rest = hint.isEmpty ? "; there are \(known.joined(separator: ", "))" : hint
    self.init("there is no \(kind) \"\(word)\"\(rest)")
  }
}

/// A failure that has been reported; only the exit status is left to give.
struct ReportedFailure: Error {
  var status = ExitStatus.failure
}
