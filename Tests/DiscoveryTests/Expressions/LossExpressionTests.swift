import TensorCore
import Testing

@testable import Discovery

extension LossExpression {
  /// The value for numbers of the inputs, as for a batch of one row.
  func value(_ inputs: [ExpressionInput: Double]) -> Double {
    switch self {
    case .operation(let operation, let operands):
      operation.evaluate(operands.map { $0.value(inputs) })
    default: value(inputs, held: inputs)
    }
  }

  /// The derivative by the margin, by differences.
  func slope(_ inputs: [ExpressionInput: Double], by step: Double = 1e-5) -> Double {
    var (up, down) = (inputs, inputs)
    up[.margin, default: 0] += step
    down[.margin, default: 0] -= step
    return (value(up) - value(down)) / (2 * step)
  }
}

@Suite struct LossExpressionTests {
  private static func made(_ count: Int) -> [LossExpression] {
    let generator = ExpressionGenerator()
    return (0..<count).map { number in
      var stream = RandomStream(seed: 7, name: "test").child(number)
      return generator.expression(&stream)
    }
  }

  @Test func textReadsBack() {
    for expression in Self.made(200) {
      #expect(LossExpression(expression.description) == expression)
    }
    for text in ["", "margin)", "neg(margin", "neg(margin, 1)", "none(margin)", "sub(1,2)", "nan"] {
      #expect(LossExpression(text) == nil, "\(text)")
    }
    #expect(LossExpression(String(repeating: "neg(", count: 5000)) == nil)
  }

  @Test func placesAreReplaced() throws {
    let expression = try #require(LossExpression("sub(softplus(neg(margin)), mul(2, chosen))"))
    #expect(expression.size == 7)
    #expect(expression.depth == 4)
    let nodes = expression.nodes.map(\.expression)
    #expect(nodes[4].description == "mul(2, chosen)")
    #expect(
      expression.replacing(4, with: .input(.rejected)).description
        == "sub(softplus(neg(margin)), rejected)")
    #expect(expression.replacing(0, with: .constant(1)) == .constant(1))
    for place in nodes.indices {
      #expect(expression.replacing(place, with: nodes[place]) == expression)
    }
  }

  @Test func whatIsMadeUpIsSound() {
    let generator = ExpressionGenerator()
    let made = Self.made(300)
    for expression in made {
      #expect(generator.isSound(expression), "\(expression)")
      #expect(expression.simplified == expression, "\(expression)")
    }
    #expect(made == Self.made(300))
    #expect(Set(made).count > 150)
  }

  @Test func whatIsMadeUpFallsAndTeaches() throws {
    for expression in Self.made(200) {
      let probe = ExpressionProbe(expression)
      #expect(probe.falls && probe.teaches, "\(expression)")
    }
    for text in ["square(margin)", "hold(neg(margin))", "add(chosen, rejected)"] {
      #expect(!ExpressionProbe(try #require(LossExpression(text))).teaches, "\(text)")
    }
    let generator = ExpressionGenerator()
    let rising = try #require(LossExpression("softplus(margin)"))
    #expect(generator.oriented(rising).description == "neg(softplus(margin))")
  }

  @Test func rangesHold() {
    var stream = RandomStream(seed: 3, name: "ranges")
    let generator = ExpressionGenerator(inputs: ExpressionInput.allCases)
    for wanted in ValueRange.allCases {
      for _ in 0..<200 {
        let made = generator.grow(wanted, depth: 4, &stream)
        #expect(made.range <= wanted, "\(made)")
        var inputs: [ExpressionInput: Double] = [:]
        for input in ExpressionInput.allCases { inputs[input] = 3 * stream.normal() }
        let value = made.value(inputs)
        if value.isFinite { #expect(wanted.contains(value), "\(made) is \(value)") }
      }
    }
  }

  @Test func childrenAreSoundAndTheSameAgain() {
    let parents = Self.made(40)
    let generator = ExpressionGenerator()
    var ways: Set<VariationOperator> = []
    for (number, parent) in parents.enumerated() {
      let other = parents[(number + 7) % parents.count]
      var stream = RandomStream(seed: 1, name: "children").child(number)
      var again = stream
      let child = generator.child(of: parent, and: other, &stream)
      #expect(generator.isSound(child.expression))
      #expect(child.expression != parent)
      #expect(child.expression == generator.child(of: parent, and: other, &again).expression)
      ways.insert(child.by)
    }
    #expect(ways.count >= 5, "\(ways)")
  }
}
