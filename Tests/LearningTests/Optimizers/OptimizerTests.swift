import TensorCore
import TestSupport
import Testing

@testable import Learning

@Suite struct OptimizerTests {
  @Test(.enabled(if: GoldenFile.exists("optimizers"), "reference values are absent"))
  func everySharedTrajectoryIsReproduced() throws {
    var compared = 0
    for reference in try GoldenFile(shared: "optimizers").cases {
      // Bfloat16 iterates cannot be met in float64; the same rule in float64 is another case.
      guard reference["traj"] != nil, !reference.name.hasPrefix("muon_bf16") else { continue }
      try compare(reference)
      compared += 1
    }
    #expect(compared >= 61)
  }

  @Test func everyTrajectoryOfTheFixtureIsReproduced() throws {
    let cases = try GoldenFile(fixture: "optimizer-iterates").cases
    #expect(cases.count > 30)
    for reference in cases { try compare(reference) }
  }

  @Test func float32FollowsFloat64() throws {
    for reference in try GoldenFile(fixture: "optimizer-iterates").cases {
      let run = try OptimizerRun(reference, .float32)
      let expected = reference["traj"]?.numbers ?? []
      let found = try run.iterates(expected.count / run.start.count)
      let difference = relativeDifference(found, expected)
      #expect(difference < 2e-5, "\(reference.name) differs by \(difference)")
    }
  }

  private func compare(_ reference: GoldenCase) throws {
    let expected = reference["traj"]?.numbers ?? []
    let count = expected.count / (reference.inputs["x0"]?.numbers.count ?? 1)
    let found = try OptimizerRun(reference, .float64).iterates(count)
    let difference = relativeDifference(found, expected)
    if difference < 1e-10 { return }
    // A trajectory that amplifies the last bit of its start cannot be followed more closely.
    let nudged = try OptimizerRun(reference, .float64, startFactor: 1 + .ulpOfOne).iterates(count)
    let sensitivity = relativeDifference(nudged, found)
    #expect(
      difference < 10 * sensitivity,
      "\(reference.name) differs by \(difference), one bit of the start makes \(sensitivity)")
  }

  @Test func namesAreUniqueAndFindable() throws {
    let names = Optimizers.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(try Optimizers.named(name).name == name) }
    let error = #expect(throws: LearningError.self) { try Optimizers.named("adamW2") }
    #expect(error?.description.contains("did you mean \"adamw\"?") == true)
  }

  @Test func everyRuleDeclaresItsRateAndSettings() throws {
    for optimizer in Optimizers.all {
      #expect(optimizer.settings.contains { $0.name == "learning_rate" }, "\(optimizer.name)")
      #expect(!optimizer.summary.isEmpty)
      for setting in optimizer.settings { #expect(!setting.summary.isEmpty) }
    }
  }
}
