import CKernels
import Testing

@Suite("Gather and scatter-add")
struct GatherTests {
  @Test("rows of a table")
  func gatherRows() {
    let table: [Float] = [0, 1, 10, 11, 20, 21]
    var out = [Float](repeating: -1, count: 6)
    #expect(pk_gather_rows(4, table, 3, [2, 0, 2], 3, 2, &out) == -1)
    #expect(out == [20, 21, 0, 1, 20, 21])
    #expect(pk_gather_rows(4, table, 3, [1, 3, 0], 3, 2, &out) == 1)
    #expect(pk_gather_rows(4, table, 3, [1, 0, -1], 3, 2, &out) == 2)
    var single = [Float](repeating: -1, count: 3)
    #expect(pk_gather_rows(4, table, 6, [5, 4, 0], 3, 1, &single) == -1)
    #expect(single == [21, 20, 0])
    #expect(pk_gather_rows(4, table, 6, [5, 6, 0], 3, 1, &single) == 1)
  }

  @Test("along the last axis, every element size")
  func gatherAlong() {
    var wide = [Double](repeating: 0, count: 4)
    let table: [Double] = [1, 2, 3, 4, 5, 6]
    #expect(pk_gather_along(8, table, 3, [2, 0, 1, 1], 2, 2, &wide) == -1)
    #expect(wide == [3, 1, 5, 5])
    var bytes = [UInt8](repeating: 0, count: 4)
    #expect(pk_gather_along(1, [1, 0, 0, 1] as [UInt8], 2, [1, 0, 1, 1], 2, 2, &bytes) == -1)
    #expect(bytes == [0, 1, 1, 1])
    #expect(pk_gather_along(1, [1, 0, 0, 1] as [UInt8], 2, [1, 0, 2, 1], 2, 2, &bytes) == 2)
  }

  @Test("scatter-add of rows, in order, and untouched on a bad index")
  func scatterRows() {
    var acc: [Float] = [1, 1, 1, 1]
    #expect(
      pk_scatter_add_rows(Float.dtype, &acc, 2, [1, 1, 0], [1, 2, 3, 4, 5, 6] as [Float], 3, 2)
        == -1)
    #expect(acc == [6, 7, 5, 7])
    #expect(pk_scatter_add_rows(Float.dtype, &acc, 2, [0, 2], [1, 1, 1, 1] as [Float], 2, 2) == 1)
    #expect(acc == [6, 7, 5, 7])
    // 1 is lost beside 2^24 when added second, kept when added last after the large terms cancel.
    var order: [Float] = [0]
    let terms: [Float] = [0x1p24, 1, -0x1p24, 1]
    #expect(pk_scatter_add_rows(Float.dtype, &order, 1, [0, 0, 0, 0], terms, 4, 1) == -1)
    #expect(order == [1])
  }

  @Test("scatter-add along the last axis")
  func scatterAlong() {
    var acc = [Int64](repeating: 0, count: 6)
    let src: [Int64] = [1, 2, 3, 4]
    #expect(pk_scatter_add_along(Int64.dtype, &acc, 3, [2, 2, 0, 1], src, 2, 2) == -1)
    #expect(acc == [0, 0, 3, 3, 4, 0])
    var wide = [Double](repeating: 0, count: 2)
    #expect(
      pk_scatter_add_along(Double.dtype, &wide, 2, [0, 0, 1], [1, 2, 4] as [Double], 1, 3) == -1)
    #expect(wide == [3, 4])
    #expect(
      pk_scatter_add_along(Double.dtype, &wide, 2, [0, 0, -1], [1, 2, 4] as [Double], 1, 3) == 2)
  }
}
