import CKernels
import Testing

@Suite("Strided copies")
struct LayoutTests {
  struct Space: Sendable, CustomTestStringConvertible {
    var dims: [Int64]
    var strides: [Int64]
    var testDescription: String { "\(dims) by \(strides)" }
    var count: Int { Int(dims.reduce(1, *)) }

    /// Offset of flat element `flat`, by plain division.
    func offset(_ flat: Int) -> Int {
      var left = flat
      var sum = 0
      for axis in dims.indices.reversed() {
        sum += left % Int(dims[axis]) * Int(strides[axis])
        left /= Int(dims[axis])
      }
      return sum
    }
  }

  static let spaces = [
    Space(dims: [], strides: []), Space(dims: [10], strides: [1]), Space(dims: [10], strides: [0]),
    Space(dims: [10], strides: [-3]), Space(dims: [6, 8], strides: [8, 1]),
    Space(dims: [6, 8], strides: [1, 6]), Space(dims: [70, 90], strides: [1, 70]),
    Space(dims: [90, 3], strides: [1, 90]), Space(dims: [5, 200], strides: [1, 5]),
    Space(dims: [6, 8], strides: [0, 1]), Space(dims: [6, 8], strides: [1, 0]),
    Space(dims: [6, 8], strides: [-16, -2]), Space(dims: [4, 1, 5, 3], strides: [30, 7, 6, 2]),
    Space(dims: [3, 4, 5], strides: [1, 3, 12]), Space(dims: [3, 4, 5], strides: [5, 15, 1]),
    Space(dims: [40, 4], strides: [16, 1]), Space(dims: [7, 40, 2], strides: [200, 5, 2]),
    Space(dims: [2, 0, 3], strides: [3, 3, 1]), Space(dims: [2, 3, 2, 5], strides: [0, 10, 0, 2]),
  ]

  /// Memory that holds every offset of a space, and the place of its base.
  private func memory<T>(_ space: Space, _ make: (Int) -> T) -> (values: [T], base: Int) {
    let offsets = (0..<max(space.count, 1)).map { space.count == 0 ? 0 : space.offset($0) }
    let low = min(0, offsets.min() ?? 0)
    let high = max(0, offsets.max() ?? 0)
    return ((0...(high - low)).map(make), -low)
  }

  private func checkLoad<T: KernelElement>(_ space: Space, _ make: (Int) -> T) {
    let (values, base) = memory(space, make)
    let count = space.count
    for (start, n) in [(0, count), (count / 3, count - count / 3), (count / 2, min(1, count))] {
      var out = [T](repeating: .blank, count: n + 1)
      let guardValue = out[n]
      values.withUnsafeBufferPointer { buffer in
        pk_load(
          &out, buffer.baseAddress.map { $0 + base }, Int32(MemoryLayout<T>.size),
          Int32(space.dims.count), space.dims, space.strides, Int64(start), Int64(n))
      }
      #expect(out.dropLast() == (start..<(start + n)).map { values[base + space.offset($0)] }[...])
      #expect(out[n] == guardValue)
    }
  }

  @Test("reading agrees with plain indexing", arguments: spaces)
  func load(space: Space) {
    checkLoad(space) { Float($0 + 1) }
    checkLoad(space) { Int64($0 * 3 + 1) }
    checkLoad(space) { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
  }

  @Test("blocks of 512 put together give the whole")
  func blocks() {
    let space = Space(dims: [70, 90], strides: [1, 70])
    let values = (0..<6300).map { Float($0) }
    var out = [Float](repeating: -1, count: 6300)
    out.withUnsafeMutableBufferPointer { buffer in
      for start in Swift.stride(from: 0, to: 6300, by: 512) {
        pk_load(
          buffer.baseAddress.map { $0 + start }, values, 4, 2, space.dims, space.strides,
          Int64(start), Int64(min(512, 6300 - start)))
      }
    }
    #expect(out == (0..<6300).map { values[space.offset($0)] })
  }

  @Test("writing agrees with plain indexing", arguments: spaces.filter { !$0.strides.contains(0) })
  func store(space: Space) {
    let (blank, base) = memory(space) { _ in Float(-1) }
    let start = space.count / 4
    let values = (0..<(space.count - start)).map { Float($0 + 1) }
    var want = blank
    for (index, value) in values.enumerated() { want[base + space.offset(start + index)] = value }
    var got = blank
    got.withUnsafeMutableBufferPointer { buffer in
      pk_store(
        buffer.baseAddress.map { $0 + base }, values, 4, Int32(space.dims.count), space.dims,
        space.strides, Int64(start), Int64(values.count))
    }
    #expect(got == want)
  }

  @Test("filling and expanding")
  func fill() {
    var floats = [Float](repeating: 0, count: 7)
    var value: Float = 2.5
    pk_fill(&floats, Float.dtype, &value, 6)
    #expect(floats == [2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 0])
    var flags = [UInt8](repeating: 0, count: 3)
    var one: UInt8 = 1
    pk_fill(&flags, UInt8.dtype, &one, 2)
    #expect(flags == [1, 1, 0])
    var rows = [Int64](repeating: 0, count: 6)
    pk_expand_rows(&rows, [4, 5] as [Int64], 8, 2, 3)
    #expect(rows == [4, 4, 4, 5, 5, 5])
  }

  @Test("sizes of elements")
  func sizes() {
    #expect((0..<5).map { pk_dtype_size(Int32($0)) } == [4, 8, 8, 1, 0])
  }
}
