import CKernels
import Foundation
import Testing

/// An element type the kernels know; UInt8 stands for bool.
protocol KernelElement: BitwiseCopyable, Equatable, Sendable {
  static var dtype: Int32 { get }
  static var blank: Self { get }
  var bits: UInt64 { get }
}

extension Float: KernelElement {
  static var dtype: Int32 { Int32(PK_F32.rawValue) }
  static var blank: Float { 0 }
  var bits: UInt64 { isNaN ? UInt64.max : UInt64(bitPattern) }
}

extension Double: KernelElement {
  static var dtype: Int32 { Int32(PK_F64.rawValue) }
  static var blank: Double { 0 }
  var bits: UInt64 { isNaN ? UInt64.max : bitPattern }
}

extension Int64: KernelElement {
  static var dtype: Int32 { Int32(PK_I64.rawValue) }
  static var blank: Int64 { 0 }
  var bits: UInt64 { UInt64(bitPattern: self) }
}

extension UInt8: KernelElement {
  static var dtype: Int32 { Int32(PK_BOOL.rawValue) }
  static var blank: UInt8 { 0 }
  var bits: UInt64 { UInt64(self) }
}

/// The variants this processor can run.
let variants: [Int32] = (0..<Int32(PK_VARIANT_COUNT.rawValue)).filter {
  pk_map_of_variant($0, Int32(PK_ADD.rawValue), Float.dtype) != nil
}

/// Runs one elementwise operation over whole arrays.
func apply<In: KernelElement, Out: KernelElement>(
  _ op: pk_map_op, _ x: [In], _ y: [In] = [], _ z: [In] = [],
  variant: Int32 = pk_variant_chosen(), to: Out.Type = Out.self
) throws -> [Out] {
  let function = try #require(pk_map_of_variant(variant, Int32(op.rawValue), In.dtype))
  var out = [Out](repeating: .blank, count: x.count)
  function(&out, x, y, z, Int64(x.count))
  return out
}

/// Converts whole arrays.
func cast<In: KernelElement, Out: KernelElement>(
  _ x: [In], variant: Int32 = pk_variant_chosen(), to: Out.Type = Out.self
) throws -> [Out] {
  let function = try #require(pk_cast_of_variant(variant, In.dtype, Out.dtype))
  var out = [Out](repeating: .blank, count: x.count)
  function(&out, x, nil, nil, Int64(x.count))
  return out
}

/// Distance in units of the last place of float32 at `want`; infinite where one is NaN or an
/// infinity and the other is not.
func ulps(_ got: Float, _ want: Double) -> Double {
  if want.isNaN || got.isNaN { return want.isNaN && got.isNaN ? 0 : .infinity }
  if Float(want).isInfinite && got.isInfinite { return Float(want) == got ? 0 : .infinity }
  let unit = max(Float(want).magnitude, Float.leastNormalMagnitude)
  let value = got.isInfinite ? Double(got.sign == .minus ? -1.0 : 1.0) * 0x1p128 : Double(got)
  let exponent = want.magnitude < Double(unit) && unit.significand == 1 ? -1 : 0
  let step = unit.isInfinite ? 0x1p104 : Double(unit.ulp) * (exponent < 0 ? 0.5 : 1)
  return (value - want).magnitude / max(step, 0x1p-149)
}

/// Distance in units of the last place of float64 at `want`.
func ulps(_ got: Double, _ want: Double) -> Double {
  if want.isNaN || got.isNaN { return want.isNaN && got.isNaN ? 0 : .infinity }
  if want.isInfinite || got.isInfinite { return want == got ? 0 : .infinity }
  return (got - want).magnitude / want.ulp
}

/// A small deterministic generator for test data (xorshift64).
struct TestRandom: RandomNumberGenerator {
  var state: UInt64 = 88_172_645_463_325_252

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}

/// Floats of mixed magnitude, with special values among them.
func mixedFloats(_ count: Int) -> [Float] {
  var random = TestRandom()
  let special: [Float] = [
    0, -0.0, .infinity, -.infinity, .nan, 1, -1, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    -.leastNonzeroMagnitude, 88.7, -87.5, -103.9, 0.5,
  ]
  return (0..<count).map { index in
    switch index % 5 {
    case 0: Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
    case 1: Float.random(in: -2...2, using: &random)
    case 2: Float.random(in: -200...200, using: &random)
    case 3: special.randomElement(using: &random) ?? 0
    default: Float.random(in: -2...2, using: &random) * 0x1p-20
    }
  }
}
