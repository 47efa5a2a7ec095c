/// Plain text to train a language model on: a list of documents.
public struct TextCorpus: Sendable, Equatable {
  /// How a text file is cut into documents.
  public enum Layout: String, Sendable, CaseIterable {
    /// One document a line; blank lines are skipped.
    case lines
    /// The whole file is one document.
    case whole
  }

  /// The documents, in file order.
  public let documents: [String]

  /// Makes a corpus of given documents.
  public init(documents: [String]) {
    self.documents = documents
  }

  /// Reads a text file.
  ///
  /// - Parameters:
  ///   - path: a UTF-8 file; CRLF line ends and a byte order mark are accepted.
  ///   - layout: how the file is cut.
  /// - Throws: `FileError` where the file cannot be read, is not UTF-8 or holds no text.
  public init(path: String, layout: Layout = .lines) throws {
    var lines: [String] = []
    try TextLines.forEach(in: path) { line in
      if layout == .whole || !line.isBlank { lines.append(line.text) }
    }
    let documents = layout == .lines ? lines : [lines.joined(separator: "\n")]
    guard documents.contains(where: { text in text.contains { !$0.isWhitespace } }) else {
      throw FileError(path, "expected text, found none")
    }
    self.documents = documents
  }

  /// Writes one document a line; line breaks inside documents become spaces.
  ///
  /// - Parameter path: the file, replaced whole.
  /// - Throws: `FileError` when the disk refuses.
  public func write(to path: String) throws {
    var file = try AtomicFile(path)
    for document in documents {
      try file.write(document.split(whereSeparator: \.isNewline).joined(separator: " "))
      try file.write("\n")
    }
    try file.commit()
  }
}
