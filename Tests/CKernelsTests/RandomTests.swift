import CKernels
import Foundation
import Testing

@Suite("Random numbers")
struct RandomTests {
  @Test("Philox4x32-10 gives the published known answers")
  func knownAnswers() {
    let cases: [(ctr: [UInt32], key: [UInt32], want: [UInt32])] = [
      (
        [0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
      ),
      (
        [.max, .max, .max, .max], [.max, .max],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ]
    for entry in cases {
      var out = [UInt32](repeating: 0, count: 4)
      pk_philox4x32_10(entry.ctr, entry.key, &out)
      #expect(out == entry.want)
    }
  }

  private let key: UInt64 = 0x0123_4567_89ab_cdef
  private let site: UInt64 = 0xfeed_beef_0000_0007
  private let step: UInt64 = 0x0000_0003_0000_0011

  /// The block the documented counter layout names.
  private func block(_ index: UInt64) -> [UInt32] {
    func rotated(_ word: UInt32, _ by: UInt32) -> UInt32 { word << by | word >> (32 - by) }
    let mix =
      UInt32(index >> 32) ^ rotated(UInt32(step >> 32), 11) ^ rotated(UInt32(site >> 32), 22)
    let ctr = [
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: step),
      UInt32(truncatingIfNeeded: site), mix,
    ]
    var out = [UInt32](repeating: 0, count: 4)
    pk_philox4x32_10(ctr, [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)], &out)
    return out
  }

  private func uniform<T: KernelElement>(
    _ count: Int, offset: UInt64, variant: Int32, as: T.Type = T.self
  ) -> [T] {
    var out = [T](repeating: .blank, count: count)
    let status = pk_fill_uniform_of_variant(
      variant, T.dtype, &out, Int64(count), key, site, step, offset)
    #expect(status == 0)
    return out
  }

  @Test("uniform numbers are the documented words of the documented blocks", arguments: variants)
  func uniformLayout(variant: Int32) {
    for offset in [0, 1, 2, 3, 6, 0xffff_fffe, 0x5_0000_0001] as [UInt64] {
      let singles: [Float] = uniform(75, offset: offset, variant: variant)
      let doubles: [Double] = uniform(75, offset: offset, variant: variant)
      for index in 0..<75 {
        let element = offset + UInt64(index)
        let word = block(element / 4)[Int(element % 4)]
        #expect(singles[index] == Float(word >> 8) * 0x1p-24)
        let words = block(element / 2)
        let half = Int(element % 2) * 2
        let bits = UInt64(words[half + 1]) << 32 | UInt64(words[half])
        #expect(doubles[index] == Double(bits >> 11) * 0x1p-53)
      }
    }
  }

  @Test("uniform numbers fill [0, 1) evenly")
  func uniformMoments() {
    let x: [Float] = uniform(100_000, offset: 0, variant: pk_variant_chosen())
    #expect(x.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = x.reduce(0.0) { $0 + Double($1) } / 100_000
    let square = x.reduce(0.0) { $0 + Double($1) * Double($1) } / 100_000
    #expect(abs(mean - 0.5) < 0.004 && abs(square - 1.0 / 3) < 0.004)
  }

  private func normal<T: KernelElement>(
    _ count: Int, offset: UInt64, variant: Int32 = pk_variant_chosen(), as: T.Type = T.self
  ) -> [T] {
    var out = [T](repeating: .blank, count: count)
    let status = pk_fill_normal_of_variant(
      variant, T.dtype, &out, Int64(count), key, site, step, offset)
    #expect(status == 0)
    return out
  }

  @Test("normal numbers have the moments of the normal law")
  func normalMoments() {
    let x: [Double] = normal(100_000, offset: 0)
    func moment(_ order: Int) -> Double {
      x.reduce(0.0) { $0 + pow($1, Double(order)) } / 100_000
    }
    #expect(abs(moment(1)) < 0.013 && abs(moment(2) - 1) < 0.018)
    #expect(abs(moment(3)) < 0.05 && abs(moment(4) - 3) < 0.13)
    let beyond = x.filter { abs($0) > 1.959963984540054 }.count
    #expect(abs(Double(beyond) / 100_000 - 0.05) < 0.003)
  }

  @Test("normal numbers do not depend on the cut, and float32 rounds float64", arguments: variants)
  func normalCut(variant: Int32) {
    let whole: [Double] = normal(200, offset: 11, variant: variant)
    for (from, count) in [(0, 1), (1, 7), (33, 100), (199, 1)] {
      let part: [Double] = normal(count, offset: 11 + UInt64(from), variant: variant)
      #expect(part == Array(whole[from..<(from + count)]))
    }
    let narrow: [Float] = normal(200, offset: 11, variant: variant)
    #expect(narrow == whole.map { Float($0) })
    #expect(whole == normal(200, offset: 11, variant: Int32(PK_PORTABLE.rawValue)))
  }

  @Test("normal numbers are the documented function of the documented words")
  func normalLayout() {
    let got: [Double] = normal(5000, offset: 11)
    for index in got.indices {
      let element = 11 + UInt64(index)
      let words = block(element / 2)
      let first = Double((UInt64(words[1]) << 32 | UInt64(words[0])) >> 12) * 0x1p-52
      let second = Double((UInt64(words[3]) << 32 | UInt64(words[2])) >> 12) * 0x1p-52
      let radius = (-2 * log(1 - first)).squareRoot()
      let angle = 2 * Double.pi * second
      let want = radius * (element % 2 == 0 ? cos(angle) : sin(angle))
      #expect(abs(got[index] - want) < 2e-14)
    }
  }

  @Test("raw words")
  func rawWords() {
    var out = [UInt64](repeating: 0, count: 9)
    pk_fill_bits(&out, 9, key, site, step, 3)
    for index in 0..<9 {
      let words = block(UInt64(3 + index) / 2)
      let half = (3 + index) % 2 * 2
      #expect(out[index] == UInt64(words[half + 1]) << 32 | UInt64(words[half]))
    }
  }

  @Test("sites, steps, keys and high halves give different numbers")
  func streams() {
    func first(_ key: UInt64, _ site: UInt64, _ step: UInt64) -> UInt64 {
      var out: UInt64 = 0
      pk_fill_bits(&out, 1, key, site, step, 0)
      return out
    }
    let high: UInt64 = 1 << 32
    let all = Set(
      [
        first(1, 2, 3), first(2, 2, 3), first(1, 3, 3), first(1, 2, 4), first(1 | high, 2, 3),
        first(1, 2 | high, 3), first(1, 2, 3 | high), first(1, 3, 2),
      ])
    #expect(all.count == 8)
  }
}
