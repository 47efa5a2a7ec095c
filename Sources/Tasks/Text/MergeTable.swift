/// The merges of a byte-pair vocabulary, and their application to a word.
struct MergeTable: Sendable, Equatable {
  /// Two tokens that become one.
  struct Merge: Sendable, Equatable {
    let left: Int32
    let right: Int32
    let result: Int32
  }

  /// The merges, the first to apply first.
  let merges: [Merge]
  private let ranks: [UInt64: Int32]

  init(_ merges: [Merge]) {
    self.merges = merges
    ranks = Dictionary(
      merges.enumerated().map { (Self.key($1.left, $1.right), Int32($0)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// One number for a pair of ids.
  static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  private func rank(_ left: Int32, _ right: Int32) -> Int32? {
    ranks[Self.key(left, right)]
  }

  /// Merges the symbols of a word until no merge applies: always the merge of the lowest rank, and
  /// of its places the leftmost.
  func apply(to symbols: [Int32]) -> [Int32] {
    symbols.count <= 64 ? applyByScanning(symbols) : applyByQueue(symbols)
  }

  /// Quadratic, without allocation: quickest for words.
  func applyByScanning(_ symbols: [Int32]) -> [Int32] {
    var symbols = symbols
    while symbols.count > 1 {
      var best: (rank: Int32, place: Int)?
      for place in 0..<symbols.count - 1 {
        if let rank = rank(symbols[place], symbols[place + 1]), rank < best?.rank ?? .max {
          best = (rank, place)
        }
      }
      guard let best else { break }
      symbols[best.place] = merges[Int(best.rank)].result
      symbols.remove(at: best.place + 1)
    }
    return symbols
  }

  /// For long runs without blanks, where scanning would take quadratic time.
  func applyByQueue(_ symbols: [Int32]) -> [Int32] {
    struct Candidate {
      let rank: Int32
      let left: Int
      let right: Int
    }
    var symbols = symbols.map(Optional.some)
    var next = Array(1...symbols.count)
    var previous = Array(-1..<symbols.count - 1)
    var queue = PriorityQueue<Candidate> { ($0.rank, $0.left) < ($1.rank, $1.left) }
    func enqueue(_ left: Int, _ right: Int) {
      guard left >= 0, right < symbols.count, let one = symbols[left], let two = symbols[right],
        let rank = rank(one, two)
      else { return }
      queue.push(Candidate(rank: rank, left: left, right: right))
    }
    for place in 0..<symbols.count - 1 { enqueue(place, place + 1) }
    while let candidate = queue.pop() {
      let merge = merges[Int(candidate.rank)]
      // A candidate is stale when an earlier merge took one of its symbols.
      guard symbols[candidate.left] == merge.left, symbols[candidate.right] == merge.right,
        next[candidate.left] == candidate.right
      else { continue }
      symbols[candidate.left] = merge.result
      symbols[candidate.right] = nil
      next[candidate.left] = next[candidate.right]
      if next[candidate.left] < symbols.count { previous[next[candidate.left]] = candidate.left }
      enqueue(previous[candidate.left], candidate.left)
      enqueue(candidate.left, next[candidate.left])
    }
    return symbols.compactMap { $0 }
  }
}
