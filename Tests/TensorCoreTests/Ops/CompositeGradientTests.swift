import TensorCore
import TestSupport
import Testing

/// Derivatives of operations over axes and of losses against central differences.
struct CompositeGradientTests {
  /// A call: some operands differentiated, other arguments fixed.
  struct Call: CustomTestStringConvertible, Sendable {
    let name: String
    let shapes: [Shape]
    /// The arguments, the operands standing as nil, in order.
    let arguments: @Sendable (Graph) throws -> [Arguments.Value?]
    let low: Double
    let high: Double

    var testDescription: String { name }

    init(
      _ name: String, _ shapes: [Shape], from low: Double = -2, to high: Double = 2,
      _ arguments: @escaping @Sendable (Graph) throws -> [Arguments.Value?] = { _ in [] }
    ) {
      self.name = name
      self.shapes = shapes
      self.arguments = arguments
      (self.low, self.high) = (low, high)
    }

    var points: [Point] {
      var source = SeededNumbers(17)
      return shapes.map { Point($0, source.uniforms($0.count, low, high)) }
    }

    func apply(_ operands: [Tensor]) throws -> Tensor {
      let row = try #require(Catalogue.named(name))
      var left = operands[...]
      var given = try arguments(operands[0].graph)
      let open = operands.count - given.filter { $0 == nil }.count
      given += [Arguments.Value?](repeating: nil, count: max(0, open))
      let values = given.map { value in
        value ?? left.popFirst().map { Arguments.Value.tensor($0) } ?? .missing
      }
      return try row.call(values, in: operands[0].graph)[0]
    }
  }

  @Test(arguments: CompositeGradientTests.reductions + CompositeGradientTests.arrangements)
  func overAxes(call: Call) throws {
    #expect(try GradientCheck().mismatch(of: call.apply, at: call.points) == nil)
    #expect(try GradientCheck().secondMismatch(of: call.apply, at: call.points) == nil)
  }

  @Test(arguments: CompositeGradientTests.selections + CompositeGradientTests.products)
  func selected(call: Call) throws {
    #expect(try GradientCheck().mismatch(of: call.apply, at: call.points) == nil)
    #expect(try GradientCheck().secondMismatch(of: call.apply, at: call.points) == nil)
  }

  @Test(arguments: CompositeGradientTests.layers + CompositeGradientTests.losses)
  func layersAndLosses(call: Call) throws {
    #expect(try GradientCheck().mismatch(of: call.apply, at: call.points) == nil)
    #expect(try GradientCheck().secondMismatch(of: call.apply, at: call.points) == nil)
  }
}
