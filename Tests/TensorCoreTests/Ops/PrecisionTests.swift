import TensorCore
import TestSupport
import Testing

/// Values of every row: single against double precision, alone against fused, NaN in and out.
struct PrecisionTests {
  private static let bounded = CatalogueSample.numeric.filter { $0.operation.ulp != nil }

  @Test(arguments: bounded)
  func singlePrecisionKeepsItsBound(sample: CatalogueSample) throws {
    let graph = Graph()
    var source = SeededNumbers(3)
    let operands = (0..<sample.arity).map { _ in sample.numbers(20_000, &source).map(Float.init) }
    let single = try sample.apply(operands.map { graph.tensor($0) }).doubles()
    let double = try sample.apply(operands.map { graph.tensor($0.map(Double.init)) }).doubles()
    var worst = (error: 0.0, place: 0)
    for (place, pair) in zip(single, double).enumerated() {
      let unit = Double(Float(pair.1).ulp)
      let error = pair.0 == pair.1 ? 0 : (pair.0 - pair.1).magnitude / unit
      if !(error <= worst.error) { worst = (error, place) }
    }
    let bound = try #require(sample.operation.ulp)
    let inputs = operands.map { $0[worst.place] }
    // A value rounded to float32 lies within half a unit even where the bound says 0.
    #expect(worst.error <= max(bound, 0.5) + 1e-3, "\(worst.error) ULP at \(inputs)")
  }

  @Test(arguments: CatalogueSample.numeric)
  func fusedAndAloneAgreeToTheBit(sample: CatalogueSample) throws {
    let graph = Graph()
    var source = SeededNumbers(9)
    let operands = try (0..<sample.arity).map { _ in
      try graph.tensor(sample.numbers(700, &source), shape: [7, 100])
    }
    let alone = try Handle(sample.apply(operands))
    let numbers = try alone.tensor.doubles()
    let tail = try (alone.tensor * 2 + 1).doubles()
    let halves = try operands.map { try ($0 * 0.5) * 2 }
    let fused = try (sample.apply(halves) * 2 + 1).doubles()
    #expect(fused == tail)
    let flat = try sample.apply(operands.map { try $0.reshape(to: [700]) }).doubles()
    #expect(flat == numbers)
  }

  @Test(arguments: CatalogueSample.numeric.filter { $0.arity == 2 })
  func scalarAndBroadcastAgree(sample: CatalogueSample) throws {
    let graph = Graph()
    var source = SeededNumbers(21)
    let x = graph.tensor(sample.numbers(9, &source))
    let number = sample.numbers(1, &source)[0]
    let y = graph.scalar(number, .float64)
    let wide = graph.tensor([Double](repeating: number, count: 9))
    #expect(try sample.apply([x, y]).doubles() == sample.apply([x, wide]).doubles())
    let weak = try sample.apply([x, graph.weak(number)])
    #expect(try weak.doubles() == sample.apply([x, y]).doubles())
  }

  /// The sign of NaN is 0 and nan_to_num is there to replace it, as in PyTorch; the other
  /// operand decides fmax and fmin.
  private static let silent: Set = ["sign", "nan_to_num"]

  @Test(arguments: CatalogueSample.numeric.filter { $0.arity == 1 })
  func nanComesThrough(sample: CatalogueSample) throws {
    guard !PrecisionTests.silent.contains(sample.operation.name) else { return }
    let graph = Graph()
    let result = try sample.apply([graph.tensor([Double.nan, 1])]).doubles()
    #expect(result[0].isNaN)
    let single = try sample.apply([graph.tensor([Float.nan, 1])]).doubles()
    #expect(single[0].isNaN)
  }

  @Test func largeMarginsStayFinite() throws {
    let graph = Graph()
    let x = graph.tensor([Float(-1000), -500, -89, -20, 0, 20, 89, 500, 1000])
    for name in ["sigmoid", "softplus", "log_sigmoid", "silu", "mish", "gelu", "tanh", "log_ndtr"] {
      let y = try CatalogueSample.numeric.first { $0.operation.name == name }?.apply([x])
      let value = try Handle(#require(y))
      let slope = try graph.gradient(of: value.tensor.sum(), withRespectTo: [x])[0]
      let numbers = try value.tensor.doubles() + slope.doubles()
      let isFinite = numbers.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(name): \(numbers)")
    }
  }

  @Test func infinitiesHaveTheirLimits() throws {
    let graph = Graph()
    let ends = graph.tensor([-Double.infinity, .infinity])
    #expect(try ends.sigmoid().doubles() == [0, 1])
    #expect(try ends.softplus().doubles() == [0, .infinity])
    #expect(try ends.logSigmoid().doubles() == [-.infinity, 0])
    #expect(try ends.logAddExp(ends).doubles() == [-.infinity, .infinity])
    #expect(try ends.logSumExp().item() == .infinity)
    #expect(try graph.full([3], -.infinity, .float64).logSumExp().item() == -.infinity)
  }
}
