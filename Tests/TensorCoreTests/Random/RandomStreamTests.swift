import Testing

@testable import TensorCore

@Suite struct RandomStreamTests {
  private func words(_ stream: RandomStream, _ count: Int) -> [UInt64] {
    var stream = stream
    return (0..<count).map { _ in stream.nextUInt64() }
  }

  @Test func dependsOnSeedAndNamesOnly() {
    let stream = RandomStream(seed: 7, name: "trial")
    var moved = stream
    _ = moved.permutation(100)
    #expect(words(stream.child("pairs"), 9) == words(moved.child("pairs"), 9))
    #expect(words(stream, 9) != words(stream.child("pairs"), 9))
    #expect(words(stream, 9) != words(RandomStream(seed: 8, name: "trial"), 9))
  }

  @Test func namesDoNotCollide() {
    let root = RandomStream(seed: 1, name: "r")
    let streams = [
      root.child("ab"), root.child("a").child("b"), root.child(""), root.child("a"),
      root.child("ab\0"), root.child("abcdefgh"), root.child("abcdefgh\0"), root.child(12),
      RandomStream(seed: 1, name: "rab"), RandomStream(seed: 1, name: ""),
    ]
    #expect(Set(streams.map { words($0, 2) }).count == streams.count)
    #expect(root.child(12) == root.child("12"))
  }

  /// Bits that saved runs rely on: a change here changes every trial.
  @Test func numbersAreFixed() {
    var stream = RandomStream(seed: 42, name: "golden")
    let first = (0..<3).map { _ in stream.nextUInt64() }
    #expect(first == Self.golden)
    #expect(RandomStream(seed: 42, name: "golden").child("x") != stream)
  }
  static let golden: [UInt64] = [
    0xd15340b1ae118f3b, 0x961010a6cd141d64, 0xa00b21a923c6f456,
  ]

  @Test func seekingGivesTheSameNumbers() {
    let all = words(RandomStream(seed: 3, name: "seek"), 12)
    for start in 0..<12 {
      var stream = RandomStream(seed: 3, name: "seek")
      stream.seek(to: UInt64(start))
      #expect(stream.position == UInt64(start))
      #expect(words(stream, 12 - start) == Array(all[start...]))
    }
  }

  @Test func equalStreamsAreEqualHoweverTheyGotThere() {
    var walked = RandomStream(seed: 3, name: "seek")
    for _ in 0..<5 { _ = walked.nextUInt64() }
    var sought = RandomStream(seed: 3, name: "seek")
    sought.seek(to: 5)
    #expect(walked == sought)
    _ = walked.nextUInt64()
    sought.seek(to: 6)
    #expect(walked == sought)
  }

  @Test func uniformHasItsMoments() {
    var stream = RandomStream(seed: 5, name: "moments")
    let count = 20_000
    let draws = (0..<count).map { _ in stream.uniform() }
    #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = draws.reduce(0, +) / Double(count)
    let square = draws.map { $0 * $0 }.reduce(0, +) / Double(count)
    #expect(abs(mean - 0.5) < 0.01)
    #expect(abs(square - 1.0 / 3) < 0.01)
  }

  @Test func normalHasItsMoments() {
    var stream = RandomStream(seed: 5, name: "normal")
    let count = 20_000
    let draws = (0..<count).map { _ in stream.normal() }
    let mean = draws.reduce(0, +) / Double(count)
    let square = draws.map { $0 * $0 }.reduce(0, +) / Double(count)
    let fourth = draws.map { $0 * $0 * $0 * $0 }.reduce(0, +) / Double(count)
    #expect(draws.allSatisfy { $0.isFinite })
    #expect(abs(mean) < 0.03)
    #expect(abs(square - 1) < 0.05)
    #expect(abs(fourth - 3) < 0.3)
    #expect(stream.position == UInt64(2 * count))
  }

  @Test func boundedDrawsAreEven() {
    var stream = RandomStream(seed: 5, name: "bounded")
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<14_000 { counts[stream.uniform(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 2000) < 200 })
    #expect(stream.uniform(below: 1) == 0)
    #expect(stream.uniform(below: 0) == 0)
    #expect(stream.uniform(below: -4) == 0)
    let huge = stream.uniform(below: .max)
    #expect(huge >= 0 && huge < .max)
  }

  @Test func permutationsAreEvenAndComplete() {
    var stream = RandomStream(seed: 5, name: "orders")
    var seen: [[Int]: Int] = [:]
    for _ in 0..<6000 { seen[stream.permutation(3), default: 0] += 1 }
    #expect(seen.count == 6)
    #expect(seen.values.allSatisfy { abs($0 - 1000) < 150 })
    #expect(stream.permutation(0).isEmpty)
    #expect(stream.permutation(-1).isEmpty)
    #expect(stream.permutation(500).sorted() == Array(0..<500))
  }
}
