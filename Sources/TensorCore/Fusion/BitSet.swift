/// A set of small non-negative integers.
struct BitSet {
  private var words: [UInt64] = []

  func contains(_ member: Int) -> Bool {
    let word = member >> 6
    return word < words.count && words[word] & (1 << UInt64(member & 63)) != 0
  }

  mutating func insert(_ member: Int) {
    let word = member >> 6
    if word >= words.count {
      words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
    words[word] |= 1 << UInt64(member & 63)
  }

  mutating func remove(_ member: Int) {
    if contains(member) { words[member >> 6] &= ~(1 << UInt64(member & 63)) }
  }

  mutating func formUnion(_ other: BitSet) {
    if other.words.count > words.count {
      words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
    }
    for index in other.words.indices { words[index] |= other.words[index] }
  }
}
