/// Finds what somebody may have meant by a name that does not exist.
public enum NearestName {
  /// The known name with the fewest edits from `name`, or nil when none is near.
  ///
  /// - Parameters:
  ///   - name: the name that was not found.
  ///   - known: the names there are; the first of equally near ones wins.
  /// - Returns: a name within a third of its length (at least two edits), or nil.
  public static func of(_ name: String, among known: [String]) -> String? {
    var best: (name: String, edits: Int)?
    for candidate in known {
      let edits = distance(Array(name.lowercased()), Array(candidate.lowercased()))
      let limit = max(2, candidate.count / 3)
      if edits <= limit && edits < (best?.edits ?? Int.max) { best = (candidate, edits) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two words.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var older: [Int] = []
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var cost = min(previous[column] + (letter == other ? 0 : 1), previous[column + 1] + 1)
        cost = min(cost, current[column] + 1)
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          cost = min(cost, older[column - 1] + 1)
        }
        current.append(cost)
      }
      older = previous
      previous = current
    }
    return previous[right.count]
  }
}
