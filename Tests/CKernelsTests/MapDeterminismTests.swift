import CKernels
import Testing

@Suite("Bits of elementwise kernels")
struct MapDeterminismTests {
  private static let operations = (0..<PK_MAP_COUNT.rawValue).map { pk_map_op(rawValue: $0) }

  /// Operations whose bits agree in every variant; the others call SLEEF functions that differ in
  /// rounding (each within the stated bound).
  private static let sameInEveryVariant: Set<UInt32> = Set(
    [
      PK_ADD, PK_SUB, PK_MUL, PK_DIV, PK_MOD, PK_FMOD, PK_MIN, PK_MAX, PK_POLYGAMMA, PK_FMA, PK_NEG,
      PK_ABS, PK_SIGN, PK_FLOOR, PK_CEIL, PK_ROUND, PK_TRUNC, PK_SQRT, PK_RSQRT, PK_RECIPROCAL,
      PK_ERFINV, PK_LGAMMA, PK_DIGAMMA, PK_I0E, PK_I1E, PK_COPY,
    ].map(\.rawValue))

  private func run<T: KernelElement>(
    _ function: pk_map_fn, _ x: ArraySlice<T>, _ y: ArraySlice<T>, _ z: ArraySlice<T>
  ) -> [T] {
    var out = [T](repeating: .blank, count: x.count)
    function(&out, Array(x), Array(y), Array(z), Int64(x.count))
    return out
  }

  private func checkPlaces<T: KernelElement>(_ op: pk_map_op, _ x: [T], variant: Int32) throws {
    let code = Int32(op.rawValue)
    guard pk_map_result(code, T.dtype) == T.dtype, op != PK_SELECT,
      let function = pk_map_of_variant(variant, code, T.dtype)
    else { return }
    let y = Array(x.reversed())
    let z = Array(x.dropFirst(5)) + x.prefix(5)
    let whole = run(function, x[...], y[...], z[...])
    for (from, to) in [(0, 1), (1, 300), (3, 10), (7, 512), (130, 131), (200, 217), (511, 512)] {
      let part = run(function, x[from..<to], y[from..<to], z[from..<to])
      #expect(
        part.map(\.bits) == whole[from..<to].map(\.bits),
        "\(String(cString: pk_map_name(code))) of [\(from), \(to)), variant \(variant)")
    }
  }

  @Test("do not depend on the place in a block or on its length", arguments: variants)
  func place(variant: Int32) throws {
    let floats = mixedFloats(512)
    for op in Self.operations {
      try checkPlaces(op, floats, variant: variant)
      try checkPlaces(op, floats.map { Double($0) }, variant: variant)
    }
  }

  @Test("agree between variants for operations that round once or run scalar code")
  func variantsAgree() throws {
    try #require(!variants.isEmpty)
    let x = mixedFloats(2000)
    let y = Array(x.reversed())
    let z = Array(x.dropFirst(9)) + x.prefix(9)
    for op in Self.operations where Self.sameInEveryVariant.contains(op.rawValue) {
      let base: [Float] = try apply(op, x, y, z, variant: Int32(PK_PORTABLE.rawValue))
      for variant in variants {
        let got: [Float] = try apply(op, x, y, z, variant: variant)
        #expect(got.map(\.bits) == base.map(\.bits), "operation \(op.rawValue)")
      }
    }
  }

  @Test("are the same when the result replaces an operand", arguments: variants)
  func inPlace(variant: Int32) throws {
    let x = mixedFloats(509)
    let y = Array(x.reversed())
    let z = Array(x.dropFirst(5)) + x.prefix(5)
    for op in Self.operations where op != PK_SELECT {
      let code = Int32(op.rawValue)
      guard pk_map_result(code, Float.dtype) == Float.dtype,
        let function = pk_map_of_variant(variant, code, Float.dtype)
      else { continue }
      let want = run(function, x[...], y[...], z[...])
      for replaced in 0..<Int(pk_map_operands(code)) {
        var operands = [x, y, z]
        operands[replaced].withUnsafeMutableBytes { out in
          let pointers = [x, y, z].enumerated().map { index, values in
            index == replaced ? [] : values
          }
          pointers[0].withUnsafeBytes { a in
            pointers[1].withUnsafeBytes { b in
              pointers[2].withUnsafeBytes { c in
                let place = out.baseAddress.map { UnsafeRawPointer($0) }
                function(
                  out.baseAddress, replaced == 0 ? place : a.baseAddress,
                  replaced == 1 ? place : b.baseAddress, replaced == 2 ? place : c.baseAddress,
                  Int64(x.count))
              }
            }
          }
        }
        #expect(operands[replaced].map(\.bits) == want.map(\.bits), "operation \(code)")
      }
    }
  }
}
