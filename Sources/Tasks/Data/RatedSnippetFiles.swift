/// Reads the two tab-separated files of a rated-snippet set and joins them by id.
///
/// Texts: `id TAB mean TAB text`. Ratings: `id TAB mean TAB standard deviation TAB [r, r, ...]`.
struct RatedSnippetFiles {
  private typealias Texts = [Int: (text: String, line: Int)]

  let texts: String
  let ratings: String

  /// Reads both files, the whole of them or nothing.
  ///
  /// - Returns: the snippets by ascending id.
  /// - Throws: `FileError` naming file, line, what was expected and what was found.
  func read() throws -> [RatedSnippet] {
    let joined = try readTexts()
    let rated = try readRatings()
    if let missing = joined.keys.filter({ rated[$0] == nil }).min() {
      throw FileError(texts, line: joined[missing]?.line, "no ratings of the id \(missing)")
    }
    var raterCounts: [Int: Int] = [:]
    return try rated.keys.sorted().map { id in
      guard let text = joined[id]?.text, let row = rated[id] else {
        throw FileError(ratings, line: rated[id]?.line, "no text of the id \(id)")
      }
      let block = (id - 1) / RatedSnippets.blockSize
      let expected = raterCounts[block] ?? row.values.count
      raterCounts[block] = expected
      guard expected == row.values.count else {
        let message =
          "expected \(expected) ratings as in the rest of block \(block), found \(row.values.count)"
        throw FileError(ratings, line: row.line, message)
      }
      return RatedSnippet(id: id, block: block, text: text, ratings: row.values)
    }
  }

  private func readTexts() throws -> Texts {
    var found: Texts = [:]
    try TextLines.forEach(in: texts) { line in
      if line.isBlank { return }
      let fields = try fields(of: line, in: texts, count: 3, layout: "id, mean, text")
      let id = try id(fields[0], line, in: texts)
      guard found.updateValue((fields[2], line.number), forKey: id) == nil else {
        throw FileError(texts, line: line.number, "the id \(id) is there twice")
      }
    }
    return found
  }

  private func readRatings() throws -> [Int: (values: [Int], line: Int)] {
    var found: [Int: (values: [Int], line: Int)] = [:]
    try TextLines.forEach(in: ratings) { line in
      if line.isBlank { return }
      let fields = try fields(
        of: line, in: ratings, count: 4, layout: "id, mean, standard deviation, [ratings]")
      let id = try id(fields[0], line, in: ratings)
      let row = (values: try values(fields[3], line), line: line.number)
      guard found.updateValue(row, forKey: id) == nil else {
        throw FileError(ratings, line: line.number, "the id \(id) is there twice")
      }
    }
    return found
  }

  private func fields(
    of line: TextLine, in path: String, count: Int, layout: String
  ) throws -> [String] {
    let fields = line.text.split(
      separator: "\t", maxSplits: count - 1, omittingEmptySubsequences: false)
    guard fields.count == count, fields[count - 1].contains(where: { !$0.isWhitespace }) else {
      let message =
        "expected \(count) fields separated by tabs (\(layout)), found \(fields.count)"
        + (fields.count == count ? " with the last one empty" : "")
      throw FileError(path, line: line.number, message)
    }
    return fields.map(String.init)
  }

  private func id(_ text: String, _ line: TextLine, in path: String) throws -> Int {
    guard let id = Int(text), id >= 1 else {
      let message = "expected an id of 1 or more, found \"\(text)\""
      throw FileError(path, line: line.number, message)
    }
    return id
  }

  private func values(_ text: String, _ line: TextLine) throws -> [Int] {
    let expected = "expected a list of ratings from -4 to 4 such as [2, -1]"
    guard text.hasPrefix("["), text.hasSuffix("]") else {
      throw FileError(ratings, line: line.number, "\(expected), found \"\(text.prefix(40))\"")
    }
    return try text.dropFirst().dropLast().split(separator: ",").map { field in
      let trimmed = field.drop { $0 == " " }
      guard let value = Int(trimmed), abs(value) <= 4 else {
        throw FileError(ratings, line: line.number, "\(expected), found \"\(trimmed)\" in it")
      }
      return value
    }
  }
}
