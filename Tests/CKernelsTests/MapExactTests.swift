import CKernels
import Testing

@Suite("Exact elementwise kernels")
struct MapExactTests {
  @Test("int64 division and remainder round down and survive zero and overflow")
  func integerDivision() throws {
    let x: [Int64] = [7, -7, 7, -7, 5, .min, 6, 0]
    let y: [Int64] = [2, 2, -2, -2, 0, -1, 3, 5]
    #expect(try apply(PK_DIV, x, y) as [Int64] == [3, -4, -4, 3, 0, .min, 2, 0])
    #expect(try apply(PK_MOD, x, y) as [Int64] == [1, 1, -1, -1, 0, 0, 0, 0])
  }

  @Test("int64 arithmetic wraps")
  func integerArithmetic() throws {
    let x: [Int64] = [.max, .min, 3, -4]
    let y: [Int64] = [1, -1, 5, 6]
    #expect(try apply(PK_ADD, x, y) as [Int64] == [.min, .max, 8, 2])
    #expect(try apply(PK_SUB, x, y) as [Int64] == [.max - 1, .min + 1, -2, -10])
    #expect(try apply(PK_MUL, x, y) as [Int64] == [.max, .min, 15, -24])
    #expect(try apply(PK_MIN, x, y) as [Int64] == [1, .min, 3, -4])
    #expect(try apply(PK_MAX, x, y) as [Int64] == [.max, -1, 5, 6])
    #expect(try apply(PK_NEG, x) as [Int64] == [-.max, .min, -3, 4])
    #expect(try apply(PK_ABS, x) as [Int64] == [.max, .min, 3, 4])
    #expect(try apply(PK_SIGN, [5, 0, -9] as [Int64]) as [Int64] == [1, 0, -1])
  }

  @Test("float remainder takes the divisor's sign, fmod the dividend's")
  func floatRemainder() throws {
    let x: [Double] = [-1.5898, 7.5, -7.5, 7.5, -3, 1]
    let y: [Double] = [1.5, 2, 2, -2, 1.5, 0]
    let remainder: [Double] = try apply(PK_MOD, x, y)
    #expect(abs(remainder[0] - 1.4102) < 1e-15)
    #expect(remainder[1...4] == [1.5, 0.5, -0.5, 0])
    #expect(remainder[5].isNaN)
    let truncated: [Double] = try apply(PK_FMOD, x, y)
    #expect(truncated[1...4] == [1.5, -1.5, 1.5, 0])
    #expect(truncated[5].isNaN)
  }

  @Test("minimum and maximum pass NaN on", arguments: variants)
  func extremaOfNaN(variant: Int32) throws {
    let x: [Float] = [.nan, 1, .nan, 2, -.infinity, 3, 1, 4, 5]
    let y: [Float] = [1, .nan, .nan, 3, 1, -3, .infinity, 4, 2]
    let low: [Float] = try apply(PK_MIN, x, y, variant: variant)
    let high: [Float] = try apply(PK_MAX, x, y, variant: variant)
    for place in 0..<3 { #expect(low[place].isNaN && high[place].isNaN) }
    #expect(low[3...] == [2, -.infinity, -3, 1, 4, 2])
    #expect(high[3...] == [3, 1, 3, .infinity, 4, 5])
  }

  @Test("sign is -1, 0 or 1; 0 for NaN and both zeros")
  func sign() throws {
    let got: [Float] = try apply(PK_SIGN, [3, -0.5, 0, -0.0, .nan, -.infinity] as [Float])
    #expect(got == [1, -1, 0, 0, 0, -1])
  }

  @Test("rounding goes half to even")
  func rounding() throws {
    let x: [Double] = [0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, -2.7]
    #expect(try apply(PK_ROUND, x) as [Double] == [0, 2, 2, 0, -2, 2, -3])
    #expect(try apply(PK_TRUNC, x) as [Double] == [0, 1, 2, 0, -1, 2, -2])
    #expect(try apply(PK_FLOOR, x) as [Double] == [0, 1, 2, -1, -2, 2, -3])
    #expect(try apply(PK_CEIL, x) as [Double] == [1, 2, 3, 0, -1, 3, -2])
  }

  @Test("comparisons of every type", arguments: variants)
  func comparisons(variant: Int32) throws {
    func check<T: KernelElement>(_ x: [T], _ y: [T], equal: [UInt8], less: [UInt8]) throws {
      let both = zip(equal, less).map { $0 | $1 }
      #expect(try apply(PK_EQ, x, y, variant: variant) as [UInt8] == equal)
      #expect(try apply(PK_NE, x, y, variant: variant) as [UInt8] == equal.map { 1 - $0 })
      #expect(try apply(PK_LT, x, y, variant: variant) as [UInt8] == less)
      #expect(try apply(PK_LE, x, y, variant: variant) as [UInt8] == both)
    }
    let floats: [Float] = [1, 2, .nan, 0, -1]
    try check(floats, [1, 3, .nan, -0.0, -2], equal: [1, 0, 0, 1, 0], less: [0, 1, 0, 0, 0])
    try check([1.0, 2, 5], [1, 3, .nan], equal: [1, 0, 0], less: [0, 1, 0])
    try check([1, -2] as [Int64], [1, 3], equal: [1, 0], less: [0, 1])
    try check([0, 1, 0] as [UInt8], [1, 1, 0], equal: [0, 1, 1], less: [1, 0, 0])
  }

  @Test("logic, selection and fused multiply-add", arguments: variants)
  func logic(variant: Int32) throws {
    let x: [UInt8] = [0, 0, 1, 1]
    let y: [UInt8] = [0, 1, 0, 1]
    #expect(try apply(PK_AND, x, y, variant: variant) as [UInt8] == [0, 0, 0, 1])
    #expect(try apply(PK_OR, x, y, variant: variant) as [UInt8] == [0, 1, 1, 1])
    #expect(try apply(PK_XOR, x, y, variant: variant) as [UInt8] == [0, 1, 1, 0])
    #expect(try apply(PK_NOT, x, variant: variant) as [UInt8] == [1, 1, 0, 0])
    let select = try #require(
      pk_map_of_variant(variant, Int32(PK_SELECT.rawValue), Float.dtype))
    var out = [Float](repeating: 0, count: 4)
    select(&out, x, [1, 2, 3, 4] as [Float], [5, 6, 7, .nan] as [Float], 4)
    #expect(out == [5, 6, 3, 4])
    let fused: [Double] = try apply(
      PK_FMA, [1 + 0x1p-30] as [Double], [1 - 0x1p-30], [-1], variant: variant)
    #expect(fused == [-0x1p-60])
  }

  @Test("tests for NaN and finiteness", arguments: variants)
  func classification(variant: Int32) throws {
    let x: [Float] = [0, .nan, .infinity, -.infinity, .greatestFiniteMagnitude]
    #expect(try apply(PK_ISNAN, x, variant: variant) as [UInt8] == [0, 1, 0, 0, 0])
    #expect(try apply(PK_ISFINITE, x, variant: variant) as [UInt8] == [1, 0, 0, 0, 1])
  }

  @Test("conversions truncate, saturate and send NaN to 0", arguments: variants)
  func conversions(variant: Int32) throws {
    let x: [Float] = [1.9, -1.9, .nan, .infinity, -.infinity, 1e30, 0, -0.0]
    let whole: [Int64] = try cast(x, variant: variant)
    #expect(whole == [1, -1, 0, .max, .min, .max, 0, 0])
    #expect(try cast(x, variant: variant) as [UInt8] == [1, 1, 1, 1, 1, 1, 0, 0])
    let edge: [Double] = [-0x1p63, 0x1p63, 0x1.fffffffffffffp62]
    #expect(try cast(edge, variant: variant) as [Int64] == [.min, .max, .max - 1023])
    #expect(try cast([1e300, 0.1] as [Double], variant: variant) as [Float] == [.infinity, 0.1])
    #expect(try cast([0, 1] as [UInt8], variant: variant) as [Double] == [0, 1])
    #expect(try cast([1 << 60, -3] as [Int64], variant: variant) as [Float] == [0x1p60, -3])
  }

  @Test("what is not offered has no loop")
  func absent() {
    #expect(pk_map(Int32(PK_EXP.rawValue), Int64.dtype) == nil)
    #expect(pk_map(Int32(PK_AND.rawValue), Float.dtype) == nil)
    #expect(pk_map(-1, Float.dtype) == nil && pk_map(9999, Float.dtype) == nil)
    #expect(pk_map(0, 77) == nil && pk_cast(0, 9) == nil)
    #expect(pk_reduce_rows(Int32(PK_SUM.rawValue), UInt8.dtype) == nil)
    #expect(pk_map_name(9999) == nil && pk_map_operands(9999) == 0)
    #expect(pk_map_operands(Int32(PK_FMA.rawValue)) == 3)
    #expect(pk_map_result(Int32(PK_LT.rawValue), Float.dtype) == UInt8.dtype)
    #expect(pk_map_result(Int32(PK_ADD.rawValue), Double.dtype) == Double.dtype)
  }
}
