import TensorCore

/// Where random numbers of a script come from: a seed, named streams, and a count of draws each.
struct DrawSites {
  private let seed: UInt64
  private var counts: [String: Int] = [:]

  init(seed: UInt64) { self.seed = seed }

  /// Key and draw site of the next draw of a stream; two draws never share both.
  mutating func next(_ stream: String) -> (key: UInt64, site: Int) {
    let site = counts[stream, default: 0]
    counts[stream] = site + 1
    var source = RandomStream(seed: seed, name: "script").child(stream)
    return (source.nextUInt64(), site)
  }
}
