import CKernels
import Testing

@Suite("Row reductions and column accumulations")
struct ReduceTests {
  private static let lengths = [
    0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 100, 255, 256, 257, 511, 512, 513, 544, 1000,
    1024, 1055, 4096, 10_007,
  ]

  private func rows<T: KernelElement>(
    _ op: pk_reduce_op, _ x: [T], rows: Int, variant: Int32 = pk_variant_chosen()
  ) throws -> [T] {
    let function = try #require(
      pk_reduce_rows_of_variant(variant, Int32(op.rawValue), T.dtype))
    var out = [T](repeating: .blank, count: rows)
    function(&out, x, Int64(rows), Int64(rows == 0 ? 0 : x.count / rows))
    return out
  }

  private func columns<T: KernelElement>(
    _ op: pk_reduce_op, _ start: [T], _ x: [T], variant: Int32 = pk_variant_chosen()
  ) throws -> [T] {
    let function = try #require(
      pk_accumulate_of_variant(variant, Int32(op.rawValue), T.dtype))
    var out = start
    function(&out, x, Int64(x.count / start.count), Int64(start.count))
    return out
  }

  private func numbers(_ count: Int) -> [Float] {
    var random = TestRandom()
    return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
  }

  @Test("sums stay within the stated bound", arguments: lengths)
  func sumBound(cols: Int) throws {
    let x = numbers(cols * 3)
    for variant in variants {
      let sums = try rows(PK_SUM, x, rows: 3, variant: variant)
      let wide = try rows(PK_SUM, x.map { Double($0) }, rows: 3, variant: variant)
      for row in 0..<3 {
        let part = x[(row * cols)..<((row + 1) * cols)]
        let exact = part.reduce(0.0) { $0 + Double($1) }
        let magnitude = part.reduce(0.0) { $0 + Double(abs($1)) }
        let steps = 31 + (cols > 1 ? Double(Int.bitWidth - cols.leadingZeroBitCount) : 0)
        #expect(abs(Double(sums[row]) - exact) <= steps * 0x1p-24 * magnitude)
        #expect(abs(wide[row] - exact) <= 1e-13 * magnitude)
      }
    }
  }

  @Test("a long sum of equal terms keeps its digits")
  func longSum() throws {
    let x = [Float](repeating: 0.1, count: 1 << 20)
    let sum = try rows(PK_SUM, x, rows: 1)[0]
    #expect(abs(Double(sum) - Double(Float(0.1)) * Double(1 << 20)) < 0.02)
  }

  @Test("bits depend on the row alone and agree between variants", arguments: lengths)
  func sumBits(cols: Int) throws {
    let x = numbers(cols * 11)
    for op in [PK_SUM, PK_PROD, PK_RMAX, PK_RMIN] {
      let base = try rows(op, x, rows: 11, variant: Int32(PK_PORTABLE.rawValue))
      for variant in variants {
        #expect(try rows(op, x, rows: 11, variant: variant).map(\.bits) == base.map(\.bits))
        for row in 0..<11 {
          let alone = Array(x[(row * cols)..<((row + 1) * cols)])
          #expect(try rows(op, alone, rows: 1, variant: variant)[0].bits == base[row].bits)
        }
      }
    }
  }

  @Test("largest and smallest pass NaN on wherever it stands", arguments: [1, 5, 32, 45, 700])
  func extrema(cols: Int) throws {
    let x = numbers(cols)
    for variant in variants {
      #expect(try rows(PK_RMAX, x, rows: 1, variant: variant) == [x.max() ?? 0])
      #expect(try rows(PK_RMIN, x, rows: 1, variant: variant) == [x.min() ?? 0])
      for place in Swift.stride(from: 0, to: cols, by: max(1, cols / 9)) {
        var holed = x
        holed[place] = .nan
        #expect(try rows(PK_RMAX, holed, rows: 1, variant: variant)[0].isNaN)
        #expect(try rows(PK_RMIN, holed.map { Double($0) }, rows: 1, variant: variant)[0].isNaN)
      }
    }
  }

  @Test("integers, bools and products", arguments: variants)
  func others(variant: Int32) throws {
    let x: [Int64] = [3, -9, .max, 1, 2, 5]
    #expect(try rows(PK_SUM, x, rows: 2, variant: variant) == [Int64.max - 6, 8])
    let small: [Int64] = [1, 2, 3, 4, 5, 6]
    #expect(try rows(PK_PROD, small, rows: 2, variant: variant) == [6, 120])
    #expect(try rows(PK_RMAX, x, rows: 2, variant: variant) == [.max, 5])
    #expect(try rows(PK_RMIN, x, rows: 2, variant: variant) == [-9, 1])
    let bools: [UInt8] = [0, 1, 0, 0, 1, 1]
    #expect(try rows(PK_RMAX, bools, rows: 3, variant: variant) == [1, 0, 1])
    #expect(try rows(PK_RMIN, bools, rows: 3, variant: variant) == [0, 0, 1])
    let factors = [Double](repeating: 1.01, count: 1000)
    let product = try rows(PK_PROD, factors, rows: 1, variant: variant)[0]
    #expect(abs(product / 20959.155637813845 - 1) < 1e-12)
  }

  @Test("neutral elements")
  func identities() throws {
    var single: Float = 7
    #expect(pk_reduce_identity(Int32(PK_RMAX.rawValue), Float.dtype, &single) == 0)
    #expect(single == -.infinity)
    var whole: Int64 = 7
    #expect(pk_reduce_identity(Int32(PK_RMIN.rawValue), Int64.dtype, &whole) == 0)
    #expect(whole == .max)
    var flag: UInt8 = 7
    #expect(pk_reduce_identity(Int32(PK_RMIN.rawValue), UInt8.dtype, &flag) == 0)
    #expect(flag == 1)
    #expect(pk_reduce_identity(Int32(PK_SUM.rawValue), UInt8.dtype, &flag) == -1)
    #expect(try rows(PK_RMAX, [Float](), rows: 0).isEmpty)
  }

  @Test("columns accumulate in the order of rows", arguments: [1, 3, 8, 37, 1500])
  func columnOrder(cols: Int) throws {
    let x = numbers(cols * 9)
    for variant in variants {
      for (op, combine) in [
        (PK_SUM, { $0 + $1 }), (PK_PROD, { $0 * $1 }), (PK_RMAX, { max($0, $1) }),
        (PK_RMIN, { min($0, $1) }),
      ] as [(pk_reduce_op, (Float, Float) -> Float)] {
        var want = [Float](repeating: 0.5, count: cols)
        for row in 0..<9 {
          for col in 0..<cols { want[col] = combine(want[col], x[row * cols + col]) }
        }
        let start = [Float](repeating: 0.5, count: cols)
        #expect(try columns(op, start, x, variant: variant) == want)
      }
    }
  }

  @Test("columns of other types, NaN passing")
  func columnTypes() throws {
    #expect(try columns(PK_SUM, [1, 2] as [Int64], [3, 4, 5, 6]) == [9, 12])
    #expect(try columns(PK_RMAX, [0, 0] as [UInt8], [0, 1, 0, 0]) == [0, 1])
    #expect(try columns(PK_RMIN, [1, 1] as [UInt8], [0, 1, 1, 1]) == [0, 1])
    let holed = try columns(PK_RMAX, [1, 1, 1] as [Double], [.nan, 0, 2, 5, .nan, 1])
    #expect(holed[0].isNaN && holed[1].isNaN && holed[2] == 2)
  }
}
