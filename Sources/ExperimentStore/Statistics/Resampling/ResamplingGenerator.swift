/// SplitMix64 (Steele, Lea and Flood 2014): the random numbers of resampling.
///
/// Separate from the streams that training draws from, so that asking for an interval changes no
/// trial, and an interval depends on nothing but its data and its seed.
struct ResamplingGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A uniform index below `count`, free of bias (Lemire 2019).
  mutating func index(below count: Int) -> Int {
    let bound = UInt64(count)
    let threshold = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// How often each of `count` things is drawn in `count` draws with replacement.
  mutating func multiplicities(_ count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for _ in 0..<count { result[index(below: count)] += 1 }
    return result
  }
}
