import TensorCore
import TestSupport
import Testing

/// Values and gradients of PyTorch, in double precision.
struct GoldenOpsTests {
  @Test func packagedCases() throws {
    let file = try GoldenFile(fixture: "ops")
    #expect(file.cases.count >= 20)
    for golden in file.cases { check(golden) }
  }

  @Test(.enabled(if: GoldenFile.exists("ops"), "set PERIGEE_SHARED to the folder with golden/"))
  func sharedCases() throws {
    let file = try GoldenFile(shared: "ops")
    var offered = 0
    for golden in file.cases {
      guard GoldenCall.isOffered(String(golden.name.prefix { $0 != "/" })) else { continue }
      offered += 1
      check(golden)
    }
    #expect(offered >= 180)
  }

  private func check(_ golden: GoldenCase) {
    let title = "\(golden.name) \(golden.params)"
    do {
      let call = try GoldenCall(golden)
      let results = try call.results()
      let handles = results.map(Handle.init)
      defer { withExtendedLifetime(handles) {} }
      let weights = try Handle(call.weights(like: results[0]))
      let keys = golden.grads.keys.sorted()
      let targets = keys.compactMap { call.leaves[$0] }
      let kept = targets.map(Handle.init)
      let parts = try call.graph.gradient(
        of: results[0], withRespectTo: kept.map(\.tensor), upstream: weights.tensor)
      let gradients = parts.map(Handle.init)
      if let expected = golden["out"] {
        expectClose(try results[0].doubles(), expected.numbers, .golden, "\(title): value")
      }
      if let places = golden["idx"] {
        let actual = try results[1].doubles().map { $0 - 1 }
        expectClose(actual, places.numbers, .golden, "\(title): places")
      }
      for (key, gradient) in zip(keys, gradients) {
        let expected = golden.grads[key]?.numbers ?? []
        let actual = try gradient.tensor.doubles()
        // PyTorch cuts the series of trigamma off at 8e-10.
        let tolerance = call.name == "digamma" ? Tolerance(relative: 2e-9, absolute: 0) : .golden
        expectClose(actual, expected, tolerance, "\(title): gradient of \(key)")
      }
    } catch {
      Issue.record("\(title): \(error)")
    }
  }
}
