import Testing

@testable import Discovery

@Suite struct BehaviourProfileTests {
  private func profile(_ expression: String) throws -> BehaviourProfile {
    let made = try #require(LossExpression(expression))
    let (verdict, _) = try TestTools.verdict(CandidateChunk(made).source)
    return try #require(verdict.profile, "\(String(describing: verdict.rejection))")
  }

  @Test func shapesOfKnownLosses() throws {
    let logistic = try profile("softplus(neg(margin))")
    #expect(logistic.tail == .steady)
    #expect(logistic.symmetry == .antisymmetric)
    #expect(logistic.curvature == .convex)
    let ramp = try profile("sigmoid(neg(margin))")
    #expect(ramp.tail == .fading)
    #expect(ramp.symmetry == .lopsided)
    #expect(ramp.curvature == .falling)
    #expect(try profile("exp(neg(margin))").tail == .exploding)
    let square = try profile("square(sub(margin, 1))")
    #expect(square.tail == .growing)
    #expect(square.curvature == .turning)
    #expect(try profile("relu(sub(1, margin))").tail == .steady)
  }

  /// The shape does not depend on the default of beta.
  @Test func scaleIsTakenOut() throws {
    let expression = try #require(LossExpression("softplus(neg(margin))"))
    let profiles = try [0.05, 0.1, 2].map { beta in
      try TestTools.verdict(CandidateChunk(expression, beta: beta).source).verdict.profile
    }
    #expect(profiles[0]?.symmetry == profiles[2]?.symmetry)
    #expect(profiles[0]?.tail == profiles[2]?.tail)
  }
}
