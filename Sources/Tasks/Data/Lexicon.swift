/// A list of words with how good or bad they sound, and the score of a text by it.
///
/// Words are split so: white space ends a word; letters count as lower case. A word scores what the
/// list says of it, and where the list has no such token, what it says of the word without the
/// punctuation around it (so emoticons score, and so does `great!`). Unlisted words score 0.
public struct Lexicon: Sendable {
  /// A token and its mean rating.
  public struct Entry: Sendable, Equatable {
    /// The token, in lower case.
    public let token: String
    /// Its mean rating, -4 (worst) to 4.
    public let score: Double
  }

  /// The tokens in file order; of tokens that differ in case only, the first.
  public let entries: [Entry]
  /// How many rated tokens the file has, case variants included.
  public let ratedTokenCount: Int
  private let table: [String: Double]

  /// Reads a lexicon: `token TAB mean`, further fields ignored.
  ///
  /// - Parameter path: the file.
  /// - Throws: `FileError` naming file, line, what was expected and what was found.
  public init(path: String) throws {
    var rated: [Entry] = []
    try TextLines.forEach(in: path) { line in
      if line.isBlank { return }
      let fields = line.text.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count >= 2, !fields[0].isEmpty, let score = Double(fields[1]), score.isFinite
      else {
        let message = "expected a token, a tab and a number, found \"\(line.text.prefix(40))\""
        throw FileError(path, line: line.number, message)
      }
      rated.append(Entry(token: fields[0].lowercased(), score: score))
    }
    guard !rated.isEmpty else { throw FileError(path, "expected rated tokens, found none") }
    self.init(rated)
  }

  /// Reads the lexicon that `scripts/data` fetches.
  ///
  /// - Parameter folder: the folder of the movie reviews.
  /// - Returns: the lexicon of 7,520 rated tokens.
  /// - Throws: `FileError` where it is missing or is not what it should be.
  public static func movieReviews(
    folder: String = RatedSnippets.movieReviewsFolder()
  ) throws -> Lexicon {
    try Lexicon(path: "\(folder)/vader_lexicon.txt")
  }

  /// Makes a lexicon of given entries; of two with one token the first counts.
  public init(_ entries: [Entry]) {
    var table: [String: Double] = [:]
    self.entries = entries.filter { entry in
      defer { table[entry.token] = table[entry.token] ?? entry.score }
      return table[entry.token] == nil
    }
    ratedTokenCount = entries.count
    self.table = table
  }

  /// Splits a text into lower-case words at white space.
  public static func words(_ text: String) -> [String] {
    text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The score of a word, or nil where the list has none.
  ///
  /// - Parameter word: in lower case, with its punctuation.
  /// - Returns: -4 (worst) to 4, or nil.
  public func score(word: String) -> Double? {
    table[word] ?? table[Self.bare(word)]
  }

  /// The sum of the scores of a text's words and how many words it has.
  public func score(text: String) -> (sum: Double, words: Int) {
    let words = Self.words(text)
    return (words.reduce(0) { $0 + (score(word: $1) ?? 0) }, words.count)
  }

  /// The mean score of a text's words; 0 for a text without words.
  public func scorePerWord(_ text: String) -> Double {
    let (sum, words) = score(text: text)
    return words == 0 ? 0 : sum / Double(words)
  }

  /// The word without the ASCII punctuation around it.
  static func bare(_ word: String) -> String {
    func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
      default: false
      }
    }
    let scalars = word.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isPunctuation($0) }),
      let last = scalars.lastIndex(where: { !isPunctuation($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
