/// The name closest to `name`, for "did you mean"; nil when none is close.
///
/// - Parameters:
///   - name: what was written.
///   - candidates: the names that exist; of two equally close ones the earlier wins.
/// - Returns: a candidate within a third of the length, and at least one edit, of `name`.
public func nearestName(to name: String, in candidates: [String]) -> String? {
  let letters = Array(name.lowercased().unicodeScalars)
  var best: String?
  var bestDistance = max(1, (letters.count + 1) / 3) + 1
  for candidate in candidates {
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

/// Insertions, deletions, substitutions and swaps of neighbours between two words.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
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
