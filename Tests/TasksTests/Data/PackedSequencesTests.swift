import Testing

@testable import Tasks

@Suite struct PackedSequencesTests {
  @Test func packsAndFills() {
    let packed = PackedSequences([[1, 2, 3], [], [4]])
    #expect(packed.count == 3)
    #expect(packed.lengths == [3, 0, 1])
    #expect(Array(packed[0]) == [1, 2, 3])
    #expect(packed[1].isEmpty)
    var ids = [Int32](repeating: 9, count: 8)
    var mask = [Float](repeating: 9, count: 8)
    ids.withUnsafeMutableBufferPointer { ids in
      mask.withUnsafeMutableBufferPointer { mask in
        packed.fill(rows: [2, 0, 1, 2], length: 2, padding: 7, ids: ids, mask: mask)
      }
    }
    #expect(ids == [4, 7, 1, 2, 7, 7, 4, 7])
    #expect(mask == [1, 0, 1, 1, 0, 0, 1, 0])
  }
}
