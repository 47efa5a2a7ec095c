import TensorCore
import Testing

@testable import Tasks

@Suite struct MergeTableTests {
  @Test func lowestRankThenLeftmost() {
    let table = MergeTable([
      .init(left: 1, right: 2, result: 3), .init(left: 0, right: 1, result: 4),
      .init(left: 0, right: 0, result: 5),
    ])
    #expect(table.apply(to: [0, 1, 2]) == [0, 3])
    #expect(table.apply(to: [0, 0, 0]) == [5, 0])
    #expect(table.apply(to: [0, 1, 0]) == [4, 0])
    #expect(table.apply(to: [7]) == [7])
    #expect(table.apply(to: []) == [])
  }

  @Test func bothWaysAgree() {
    var stream = RandomStream(seed: 2, name: "merges")
    for _ in 0..<40 {
      let merges = (0..<12).map { index in
        let known = 4 + index
        return MergeTable.Merge(
          left: Int32(stream.uniform(below: known)), right: Int32(stream.uniform(below: known)),
          result: Int32(known))
      }
      let table = MergeTable(merges)
      let word = (0..<60).map { _ in Int32(stream.uniform(below: 4)) }
      #expect(table.applyByScanning(word) == table.applyByQueue(word))
    }
  }

  @Test func longRunsAreQuick() {
    let merges = (0..<10).map {
      MergeTable.Merge(left: Int32($0), right: Int32($0), result: Int32($0 + 1))
    }
    let merged = MergeTable(merges).apply(to: [Int32](repeating: 0, count: 20_000))
    #expect(merged.filter { $0 == 10 }.count == 19)
    #expect(merged.reduce(0) { $0 + (1 << Int($1)) } == 20_000)
  }
}
