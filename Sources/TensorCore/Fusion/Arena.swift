/// Places for buffers that live during part of a plan, so that their memory is shared.
enum Arena {
  struct Lifetime {
    let slot: Int32
    let bytes: Int
    /// Steps during which the buffer is needed, both included.
    let first: Int
    let last: Int
  }

  /// An offset for each buffer such that none overlap while both live, and the bytes needed.
  static func place(_ lifetimes: [Lifetime]) -> (offsets: [Int], total: Int) {
    var offsets = [Int](repeating: 0, count: lifetimes.count)
    var placed: [(start: Int, end: Int, index: Int)] = []
    var total = 0
    // Largest first leaves the least waste.
    let order = lifetimes.indices.sorted {
      (lifetimes[$1].bytes, $0) < (lifetimes[$0].bytes, $1)
    }
    for index in order {
      let buffer = lifetimes[index]
      let bytes = (buffer.bytes + 63) / 64 * 64 + 64
      var start = 0
      for other in placed {
        let neighbour = lifetimes[other.index]
        guard neighbour.first <= buffer.last, buffer.first <= neighbour.last else { continue }
        if other.start >= start + bytes { break }
        start = max(start, other.end)
      }
      offsets[index] = start
      total = max(total, start + bytes)
      let place = placed.firstIndex { $0.start > start } ?? placed.count
      placed.insert((start, start + bytes, index), at: place)
    }
    return (offsets, total)
  }
}
