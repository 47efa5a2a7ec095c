import TensorCore
import Testing

@testable import Discovery

@Suite struct ExpressionSimplifierTests {
  @Test(arguments: [
    ("add(softplus(neg(margin)), 3)", "softplus(neg(margin))"),
    ("mul(2, exp(neg(margin)))", "exp(neg(margin))"),
    ("mul(-2, margin)", "neg(margin)"),
    ("sub(1, sigmoid(margin))", "neg(sigmoid(margin))"),
    ("neg(neg(chosen))", "chosen"),
    ("relu(sub(add(0.25, 0.75), margin))", "relu(sub(1, margin))"),
    ("square(neg(sub(margin, 1)))", "square(add(-1, margin))"),
    ("sub(relu(margin), neg(chosen))", "add(chosen, relu(margin))"),
    ("abs(exp(margin))", "exp(margin)"),
    ("add(margin, margin)", "margin"),
    ("exp(add(margin, margin))", "exp(mul(2, margin))"),
    ("exp(mul(2, mul(3, margin)))", "exp(mul(6, margin))"),
    ("choose(1, margin, chosen)", "margin"),
    ("exp(over(margin, 1))", "exp(mul(0.5, margin))"),
    ("sub(margin, margin)", "0"),
  ])
  func rewrites(before: String, after: String) throws {
    let expression = try #require(LossExpression(before))
    #expect(expression.simplified.description == after)
  }

  /// Slopes of what is made up keep their ratio, wherever one looks.
  @Test func behaviourStays() {
    let generator = ExpressionGenerator()
    var stream = RandomStream(seed: 5, name: "simplify")
    var compared = 0
    for _ in 0..<400 {
      let raw = generator.grow(.real, depth: 5, &stream)
      let short = raw.simplified
      #expect(short.size <= raw.size)
      let slopes = [-1.3, -0.4, 0.3, 1.1].map { margin -> (Double, Double) in
        let inputs: [ExpressionInput: Double] = [
          .margin: margin, .chosen: 0.37, .rejected: -0.71, .referenceGap: 0.9,
        ]
        return (raw.slope(inputs), short.slope(inputs))
      }
      guard slopes.allSatisfy({ $0.0.isFinite && abs($0.0) > 1e-3 && abs($0.0) < 1e3 }) else {
        continue
      }
      let ratios = slopes.map { $0.1 / $0.0 }
      compared += 1
      #expect(ratios.allSatisfy { $0 > 0 && abs($0 / ratios[0] - 1) < 1e-3 }, "\(raw) \(short)")
    }
    #expect(compared > 50)
  }
}
