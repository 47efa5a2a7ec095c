import Testing

@testable import TensorCore

@Suite struct PhiloxTests {
  /// The published known-answer vectors of Philox4x32 with ten rounds.
  @Test func knownAnswers() {
    let ones: UInt32 = 0xFFFF_FFFF
    let cases: [(SIMD4<UInt32>, SIMD2<UInt32>, SIMD4<UInt32>)] = [
      (
        SIMD4(0, 0, 0, 0), SIMD2(0, 0),
        SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
      ),
      (
        SIMD4(ones, ones, ones, ones), SIMD2(ones, ones),
        SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
      ),
      (
        SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
        SIMD2(0xA409_3822, 0x299F_31D0),
        SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
      ),
    ]
    for (counter, key, expected) in cases {
      #expect(Philox.block(counter: counter, key: key) == expected)
    }
  }

  @Test func pairPacksTheSameWords() {
    let pair = Philox.pair(
      low: 0x85A3_08D3_243F_6A88, high: 0x0370_7344_1319_8A2E, key: 0x299F_31D0_A409_3822)
    #expect(pair.0 == 0x94FD_CCEB_D16C_FE09)
    #expect(pair.1 == 0x2412_6EA1_5001_E420)
  }
}
