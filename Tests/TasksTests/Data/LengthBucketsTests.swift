import TensorCore
import Testing

@testable import Tasks

@Suite struct LengthBucketsTests {
  private func padded(_ buckets: LengthBuckets, _ examples: [Int]) -> Int? {
    examples.reduce(0 as Int?) { sum, length in
      guard let sum, let bucket = buckets.bucket(for: length) else { return nil }
      return sum + buckets.lengths[bucket]
    }
  }

  @Test func padsLeastOfAllChoices() throws {
    var stream = RandomStream(seed: 2, name: "buckets")
    for _ in 0..<20 {
      let examples = (0..<30).map { _ in 1 + stream.uniform(below: 40) }
      let top = (examples.max().map { ($0 + 7) / 8 * 8 })!
      let choices = stride(from: 8, to: top, by: 8).flatMap { a in
        stride(from: 8, to: top, by: 8).map { b in LengthBuckets([a, b, top]) }
      }
      let best = (choices + [LengthBuckets([top])]).compactMap { padded($0, examples) }.min()
      let found = LengthBuckets(fitting: examples, count: 3, multiple: 8)
      #expect(found.lengths.count <= 3)
      #expect(padded(found, examples) == best)
    }
  }

  @Test func holdsTheLongest() {
    #expect(LengthBuckets(fitting: [3, 90, 17], count: 1, multiple: 16).lengths == [96])
    #expect(LengthBuckets(fitting: [], count: 2, multiple: 8).lengths == [8])
    #expect(LengthBuckets(fitting: [5, 5], count: 9, multiple: 1).lengths == [5])
  }

  @Test func findsTheBucket() {
    let buckets = LengthBuckets([32, 8, 8, 0])
    #expect(buckets.lengths == [8, 32])
    #expect(buckets.bucket(for: 0) == 0)
    #expect(buckets.bucket(for: 8) == 0)
    #expect(buckets.bucket(for: 9) == 1)
    #expect(buckets.bucket(for: 33) == nil)
  }
}
