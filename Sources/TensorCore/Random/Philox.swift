/// The Philox4x32-10 block function: a keyed bijection of 128-bit counters whose outputs pass as
/// independent uniform words (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
public enum Philox {
  /// Four 32-bit words: a counter or a block of output.
  public typealias Block = SIMD4<UInt32>

  /// Returns the output block of one counter under one key.
  ///
  /// - Parameters:
  ///   - counter: 128 bits, lowest word first.
  ///   - key: 64 bits, lowest word first.
  /// - Returns: four independent uniform 32-bit words.
  public static func block(counter: Block, key: SIMD2<UInt32>) -> Block {
    var words = counter
    var key = key
    for round in 0..<10 {
      if round > 0 { key &+= SIMD2<UInt32>(0x9E37_79B9, 0xBB67_AE85) }
      let even = UInt64(0xD251_1F53) * UInt64(words[0])
      let odd = UInt64(0xCD9E_8D57) * UInt64(words[2])
      words = Block(
        UInt32(truncatingIfNeeded: odd >> 32) ^ words[1] ^ key[0],
        UInt32(truncatingIfNeeded: odd),
        UInt32(truncatingIfNeeded: even >> 32) ^ words[3] ^ key[1],
        UInt32(truncatingIfNeeded: even))
    }
    return words
  }

  /// Returns the output block for 64-bit halves, as streams use it.
  ///
  /// - Parameters:
  ///   - low: the lower half of the counter.
  ///   - high: the upper half of the counter.
  ///   - key: the key.
  /// - Returns: the lower and the upper 64 bits of the output block.
  public static func pair(low: UInt64, high: UInt64, key: UInt64) -> (UInt64, UInt64) {
    let out = block(
      counter: Block(
        UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32),
        UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    return (
      UInt64(out[0]) | UInt64(out[1]) << 32,
      UInt64(out[2]) | UInt64(out[3]) << 32
    )
  }
}
