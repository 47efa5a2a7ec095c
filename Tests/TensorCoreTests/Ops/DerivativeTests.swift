import TensorCore
import TestSupport
import Testing

/// Derivatives of every row against central differences, in double precision.
struct DerivativeTests {
  private func points(_ sample: CatalogueSample) -> [Point] {
    var source = SeededNumbers(11)
    return (0..<sample.arity).map { _ in Point([5], sample.numbers(5, &source)) }
  }

  @Test(arguments: CatalogueSample.numeric)
  func firstDerivative(sample: CatalogueSample) throws {
    let mismatch = try GradientCheck().mismatch(of: sample.apply, at: points(sample))
    #expect(mismatch == nil)
  }

  @Test(arguments: CatalogueSample.numeric)
  func secondDerivative(sample: CatalogueSample) throws {
    let mismatch = try GradientCheck().secondMismatch(of: sample.apply, at: points(sample))
    #expect(mismatch == nil)
  }

  @Test(arguments: CatalogueSample.numeric.filter { $0.arity > 1 })
  func derivativeOfBroadcastOperands(sample: CatalogueSample) throws {
    var source = SeededNumbers(5)
    let shapes: [Shape] = [[3, 1], [4], []]
    let points = (0..<sample.arity).map {
      Point(shapes[$0], sample.numbers(shapes[$0].count, &source))
    }
    #expect(try GradientCheck().mismatch(of: sample.apply, at: points) == nil)
  }

  @Test func polygammaOfEachOrder() throws {
    let points = [Point([3], [0.7, 1.9, 4.2])]
    for order in 0...3 {
      let mismatch = try GradientCheck().mismatch(
        of: { try $0[0].like(Double(order)).apply("polygamma", $0[0]) }, at: points)
      #expect(mismatch == nil, "order \(order)")
    }
  }

  @Test func remaindersByBothOperands() throws {
    let points = [Point([3], [5.3, -4.1, 7.7]), Point([3], [1.7, 1.3, -2.2])]
    for name in ["remainder", "fmod"] {
      let mismatch = try GradientCheck().mismatch(
        of: { try $0[0].apply(name, $0[1]) }, at: points)
      #expect(mismatch == nil, "\(name)")
    }
  }

  @Test func kinksFollowTheirSummaries() throws {
    let graph = Graph()
    func slope(_ x: Double, _ body: (Tensor) throws -> Tensor) throws -> Double {
      let leaf = graph.tensor([x])
      let parts = try graph.gradient(of: body(leaf).sum(), withRespectTo: [leaf])
      return try parts[0].item()
    }
    #expect(try slope(0) { try $0.relu() } == 0)
    #expect(try slope(0) { try $0.abs() } == 0)
    #expect(try slope(1) { try $0.clamp(minimum: -1, maximum: 1) } == 0)
    #expect(try slope(2) { try $0.maximum($0.like(2)) } == 0.5)
    #expect(try slope(0) { try $0.pow(0) } == 0)
    #expect(try slope(0) { try $0.pow(1) } == 1)
    #expect(try slope(0) { try $0.pow(2) } == 0)
    #expect(try slope(0) { try $0.norm() } == 0)
    #expect(try slope(0) { try $0.exponentialUnitForTest() } == 1)
  }
}

extension Tensor {
  fileprivate func exponentialUnitForTest() throws -> Tensor {
    guard let elu = Catalogue.named("elu") else { throw TensorError("elu", "missing") }
    return try elu.call([.tensor(self)], in: graph)[0]
  }
}
