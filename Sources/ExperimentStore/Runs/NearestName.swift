/// Finds what somebody probably meant.
enum NearestName {
  /// The candidate that the fewest single-character edits turn into `name`; the first of equals.
  static func of(_ name: String, among candidates: [String]) -> String? {
    candidates.min { distance(name, $0) < distance(name, $1) }
  }

  /// Levenshtein distance: insertions, deletions and replacements of one character.
  static func distance(_ first: String, _ second: String) -> Int {
    let columns = Array(second)
    var row = Array(0...columns.count)
    for (index, character) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in columns.indices {
        let replaced = diagonal + (character == columns[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[columns.count]
  }
}
