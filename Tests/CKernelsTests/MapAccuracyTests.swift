import CKernels
import Foundation
import Testing

/// An operation and its reference in double precision.
private struct Reference: Sendable, CustomTestStringConvertible {
  let op: pk_map_op
  let name: String
  let function: @Sendable (Double) -> Double
  var testDescription: String { name }

  init(_ op: pk_map_op, _ function: @escaping @Sendable (Double) -> Double) {
    self.op = op
    self.name = pk_map_name(Int32(op.rawValue)).map { String(cString: $0) } ?? "?"
    self.function = function
  }
}

private let unary: [Reference] = [
  Reference(PK_SQRT) { $0.squareRoot() },
  Reference(PK_RSQRT) { 1 / $0.squareRoot() },
  Reference(PK_RECIPROCAL) { 1 / $0 },
  Reference(PK_EXP, exp), Reference(PK_EXP2, exp2), Reference(PK_EXPM1, expm1),
  Reference(PK_LOG, log), Reference(PK_LOG2, log2), Reference(PK_LOG10, log10),
  Reference(PK_LOG1P, log1p), Reference(PK_SIN, sin), Reference(PK_COS, cos),
  Reference(PK_TAN, tan), Reference(PK_TANH, tanh), Reference(PK_SINH, sinh),
  Reference(PK_COSH, cosh), Reference(PK_ASIN, asin), Reference(PK_ACOS, acos),
  Reference(PK_ATAN, atan), Reference(PK_ASINH, asinh), Reference(PK_ACOSH, acosh),
  Reference(PK_ATANH, atanh), Reference(PK_ERF, erf), Reference(PK_ERFC, erfc),
  Reference(PK_LGAMMA) { lgamma($0) },
  Reference(PK_FLOOR) { $0.rounded(.down) },
  Reference(PK_CEIL) { $0.rounded(.up) },
  Reference(PK_ROUND) { $0.rounded(.toNearestOrEven) },
  Reference(PK_TRUNC) { $0.rounded(.towardZero) },
  Reference(PK_NEG) { -$0 }, Reference(PK_ABS) { abs($0) },
]

@Suite("Accuracy of elementwise kernels")
struct MapAccuracyTests {
  /// Every 99,991st float32 bit pattern: all magnitudes, subnormals, infinities and NaN.
  private static let everyMagnitude: [Float] =
    stride(from: UInt64(0), to: 1 << 32, by: 99_991).map { Float(bitPattern: UInt32($0)) }
    + stride(from: Float(-110), to: 110, by: 0.0137).map { $0 }
    + [0, -0.0, 1, -1, .infinity, -.infinity, .nan, 88.72283, 88.72284, 89.4159, -103.97]

  @Test("float32 stays within the stated bound over every magnitude", arguments: unary)
  fileprivate func float32Bound(reference: Reference) throws {
    let bound = Double(pk_map_ulp(Int32(reference.op.rawValue)))
    let want = Self.everyMagnitude.map { reference.function(Double($0)) }
    for variant in variants {
      let got: [Float] = try apply(reference.op, Self.everyMagnitude, variant: variant)
      var worst = (error: 0.0, place: 0)
      for place in got.indices {
        let error = ulps(got[place], want[place])
        if error > worst.error { worst = (error, place) }
        if got[place] == 0 && want[place] == 0 && got[place].sign != want[place].sign {
          Issue.record("sign of zero at \(Self.everyMagnitude[place]), variant \(variant)")
        }
      }
      let x = Self.everyMagnitude[worst.place]
      #expect(
        worst.error <= bound,
        "variant \(variant) at \(x): got \(got[worst.place]), want \(want[worst.place])")
    }
  }

  /// Reference values in Tests/Golden.
  private struct Table: Decodable {
    struct Case: Decodable {
      let op: String
      let x: [Double]
      let y: [Double]?
      let want: [Double]
    }
    let cases: [Case]

    static func read() throws -> [Case] {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Golden/elementwise-float64.json")
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
      return try decoder.decode(Table.self, from: Data(contentsOf: file)).cases
    }
  }

  /// Bounds in units of the last place of float64; 4 unless stated here.
  private static let float64Bounds = ["DIGAMMA": 16.0, "POLYGAMMA": 40.0, "LGAMMA": 5.0]

  private static func operation(named name: String) -> pk_map_op? {
    (0..<PK_MAP_COUNT.rawValue).first { index in
      pk_map_name(Int32(index)).map { String(cString: $0) } == name
    }.map { pk_map_op(rawValue: $0) }
  }

  @Test("float64 agrees with values computed to 50 digits")
  func float64Table() throws {
    for entry in try Table.read() {
      let op = try #require(Self.operation(named: entry.op))
      let bound = Self.float64Bounds[entry.op] ?? 4
      for variant in variants {
        let got: [Double] = try apply(op, entry.x, entry.y ?? [], variant: variant)
        for place in got.indices {
          let error = ulps(got[place], entry.want[place])
          #expect(
            error <= bound,
            "\(entry.op)(\(entry.x[place])) = \(got[place]), want \(entry.want[place])")
        }
      }
    }
  }

  @Test("special functions in float32 round their double values")
  func float32Special() throws {
    let names: Set = ["ERFINV", "LGAMMA", "DIGAMMA", "I0E", "I1E"]
    for entry in try Table.read() where names.contains(entry.op) {
      let op = try #require(Self.operation(named: entry.op))
      let rounded = entry.x.map { Float($0) }
      let narrow: [Float] = try apply(op, rounded)
      let wide: [Double] = try apply(op, rounded.map { Double($0) })
      for place in narrow.indices {
        #expect(narrow[place].bits == Float(wide[place]).bits, "\(entry.op)(\(rounded[place]))")
      }
    }
  }

  @Test("poles and edges of the special functions")
  func specialEdges() throws {
    let minusZero = -0.0
    let digamma: [Double] = try apply(
      PK_DIGAMMA, [0, minusZero, -1, -7, .infinity, .nan] as [Double])
    #expect(digamma[0] == -.infinity && digamma[1] == .infinity && digamma[4] == .infinity)
    #expect(digamma[2].isNaN && digamma[3].isNaN && digamma[5].isNaN)
    let lgamma: [Double] = try apply(PK_LGAMMA, [0, -1, -7, .infinity, 1, 2] as [Double])
    let infinity = Double.infinity
    #expect(lgamma == [infinity, infinity, infinity, infinity, 0, 0])
    let erfinv: [Double] = try apply(PK_ERFINV, [1, -1, 0, 1.5, .nan] as [Double])
    #expect(erfinv[0] == .infinity && erfinv[1] == -.infinity && erfinv[2] == 0)
    #expect(erfinv[3].isNaN && erfinv[4].isNaN)
    let bessel: [Double] = try apply(PK_I0E, [0, .infinity, -.infinity] as [Double])
    #expect(bessel == [1, 0, 0])
    let orders: [Double] = try apply(
      PK_POLYGAMMA, [1, 2, 1.5, -1] as [Double], [0, -1, 2, 2])
    #expect(orders[0] == .infinity && orders[1] == -.infinity)
    #expect(orders[2].isNaN && orders[3].isNaN)
  }

  private static let binary: [(pk_map_op, @Sendable (Double, Double) -> Double)] = [
    (PK_POW, pow), (PK_ATAN2, atan2), (PK_HYPOT, hypot), (PK_FMOD, fmod),
    (PK_ADD, +), (PK_SUB, -), (PK_MUL, *), (PK_DIV, /),
  ]

  @Test("float32 binary operations stay within their bounds", arguments: 0..<binary.count)
  func float32Binary(index: Int) throws {
    let (op, function) = Self.binary[index]
    let bound = Double(pk_map_ulp(Int32(op.rawValue)))
    let x = mixedFloats(6000)
    let y = Array(x.dropFirst(7)) + x.prefix(7)
    for variant in variants {
      let got: [Float] = try apply(op, x, y, variant: variant)
      for place in got.indices {
        let want = function(Double(x[place]), Double(y[place]))
        #expect(
          ulps(got[place], want) <= bound,
          "\(x[place]) and \(y[place]) give \(got[place]), want \(want), variant \(variant)")
      }
    }
  }
}
