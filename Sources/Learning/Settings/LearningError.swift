import Notation

/// A request to the learning layer that cannot be met.
public struct LearningError: Error, Equatable, CustomStringConvertible {
  /// What was asked, as scripts spell it.
  public let subject: String
  /// What was wrong, with the offending value and what was expected.
  public let message: String

  public init(_ subject: String, _ message: String) {
    self.subject = subject
    self.message = message
  }

  /// An unknown name, with the nearest known one and all of them.
  init(_ subject: String, unknown name: String, kind: String, among known: [String]) {
    let nearest = NearestName.hint(name, in: known)
    let list = known.isEmpty ? "" : " (known: \(known.joined(separator: ", ")))"
    self.init(subject, "\"\(name)\" is not a known \(kind)\(nearest)\(list)")
  }

  public var description: String { "\(subject): \(message)" }
}
