/// Finds what somebody probably meant by a name that does not exist.
public enum NearestName {
  /// The name closest to `word`, for "did you mean"; nil where none is close.
  ///
  /// - Parameters:
  ///   - word: what was written; case does not count.
  ///   - names: the names that exist; of two equally close ones the earlier wins.
  /// - Returns: a name within a third of the word's length, and at least one edit, of it.
  public static func find(_ word: String, in names: some Sequence<String>) -> String? {
    let letters = Array(word.lowercased().unicodeScalars)
    guard !letters.isEmpty else { return nil }
    var best: String?
    var bestDistance = max(1, (letters.count + 1) / 3) + 1
    for candidate in names {
      let other = Array(candidate.lowercased().unicodeScalars)
      guard abs(other.count - letters.count) < bestDistance else { continue }
      let distance = editDistance(letters, other)
      if distance < bestDistance {
        best = candidate
        bestDistance = distance
      }
    }
    return best
  }

  /// `; did you mean "dpo"?`, or nothing where no name is close.
  public static func hint(_ word: String, in names: some Sequence<String>) -> String {
    find(word, in: names).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Insertions, deletions, substitutions and swaps of neighbours between two words.
  private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    for i in 0..<left.count {
      var current = [i + 1]
      for j in 0..<right.count {
        let substitution = previous[j] + (left[i] == right[j] ? 0 : 1)
        var cost = min(previous[j + 1] + 1, current[j] + 1, substitution)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, before[j - 1] + 1)
        }
        current.append(cost)
      }
      before = previous
      previous = current
    }
    return previous[right.count]
  }
}
