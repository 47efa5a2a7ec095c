import TensorCore
import TestSupport
import Testing

@testable import Learning

@Suite struct OptimizerStateTests {
  /// A model of two parameters and a loss that pulls both to 3.
  private func model(_ graph: Graph) throws -> (ParameterStore, Tensor) {
    var layout = ParameterLayout()
    let first = try layout.declare("first", [2, 2], initial: .constant(1))
    let second = try layout.declare("second", [3], initial: .constant(2))
    let store = try ParameterStore(graph, layout, .float64)
    try store.initialize(seed: 1)
    let parameters = try store.bind()
    let off = try (parameters[first] - 3, parameters[second] - 3)
    let loss = try (off.0 * off.0).sum() + (off.1 * off.1).sum()
    return (store, try store.gradient(of: loss, withRespectTo: parameters))
  }

  @Test func resumingGivesTheSameBits() throws {
    func run(_ steps: Int, from saved: (Int, [[UInt8]], ParameterSnapshot)?) throws
      -> (Int, [[UInt8]], ParameterSnapshot)
    {
      let graph = Graph()
      let (store, gradient) = try model(graph)
      let state = try OptimizerState(AdamW(), settings: ["learning_rate": .number(0.1)], for: store)
      let plan = try graph.compile(outputs: [], updates: state.updates(gradient: gradient))
      if let saved {
        try state.restore(step: saved.0, slots: saved.1)
        try store.restore(saved.2)
      }
      for _ in 0..<steps {
        try state.prepareStep()
        try plan.run()
      }
      return (state.step, try state.savedSlots(), try store.snapshot())
    }
    let whole = try run(7, from: nil)
    let half = try run(3, from: nil)
    let resumed = try run(4, from: half)
    #expect(resumed.0 == 7)
    #expect(resumed.1 == whole.1)
    #expect(resumed.2 == whole.2)
    #expect(half.2 != whole.2)
  }

  @Test func theRateOfEachStepIsTheOneGiven() throws {
    let graph = Graph()
    let (store, gradient) = try model(graph)
    let state = try OptimizerState(SGD(), settings: ["learning_rate": .number(1)], for: store)
    let plan = try graph.compile(outputs: [], updates: state.updates(gradient: gradient))
    var expected = 1.0
    for rate in [0, 0.25, 1, 0.1] {
      try state.prepareStep(learningRate: rate)
      try plan.run()
      expected -= rate * 2 * (expected - 3)
      let found = try store.values(of: store.layout.parameter(named: "first"))
      #expect(relativeDifference(found, [expected, expected, expected, expected]) < 1e-14)
    }
  }

  @Test func aRateComputedFromTheStepNeedsNoNumbers() throws {
    let graph = Graph()
    let (store, gradient) = try model(graph)
    let state = try OptimizerState(SGD(), for: store)
    let rate = try 0.5 / state.stepCount
    let plan = try graph.compile(
      outputs: [], updates: state.updates(gradient: gradient, learningRate: rate))
    var expected = 1.0
    for step in 1...4 {
      try state.prepareStep()
      try plan.run()
      expected -= 0.5 / Double(step) * 2 * (expected - 3)
    }
    let found = try store.values(of: Parameter(index: 0))
    #expect(relativeDifference(found, [expected, expected, expected, expected]) < 1e-14)
  }

  @Test func badOptionsAreErrors() throws {
    let (store, gradient) = try model(Graph())
    let typo = #expect(throws: LearningError.self) {
      try OptimizerState(Adam(), settings: ["weight_dacay": .number(0.1)], for: store)
    }
    #expect(typo?.description.contains("did you mean \"weight_decay\"?") == true)
    let state = try OptimizerState(SGD(), for: store)
    #expect(throws: LearningError.self) { try state.set("momentum", to: 0.9) }
    #expect(throws: LearningError.self) {
      try state.updates(gradient: gradient.reshape(to: [7, 1]))
    }
    #expect(throws: LearningError.self) { try state.restore(step: 1, slots: [[1, 2]]) }
    let muon = try OptimizerState(Muon(), for: store)
    #expect(throws: LearningError.self) { try muon.updates(gradient: gradient) }
  }

  @Test func clippingIsThatOfTorch() throws {
    let graph = Graph()
    for (numbers, limit) in [([3.0, -4], 1.0), ([0.3, -0.4], 1)] {
      let vector = graph.tensor(numbers)
      let (clipped, norm) = try GradientClipping.clip(vector, toNorm: graph.weak(limit))
      let handles = [Handle(clipped), Handle(norm)]
      let length = (numbers[0] * numbers[0] + numbers[1] * numbers[1]).squareRoot()
      let factor = min(1, limit / (length + 1e-6))
      expectClose(try handles[0].tensor.doubles(), numbers.map { $0 * factor })
      expectClose(try handles[1].tensor.item(), length)
    }
  }

  @Test(.enabled(if: GoldenFile.exists("optimizers"), "reference values are absent"))
  func sharedClippingCasesAreReproduced() throws {
    for reference in try GoldenFile(shared: "optimizers").cases
    where reference.name == "clip_grad_norm" {
      let graph = Graph()
      let names = reference.inputs.keys.sorted()
      let flat = graph.tensor(names.flatMap { reference.inputs[$0]?.numbers ?? [] })
      let limit = reference.params["max_norm"]?.number ?? 0
      let (clipped, norm) = try GradientClipping.clip(flat, toNorm: graph.weak(limit))
      let handles = [Handle(clipped), Handle(norm)]
      expectClose(
        try handles[0].tensor.doubles(), names.flatMap { reference.grads[$0]?.numbers ?? [] })
      expectClose(try handles[1].tensor.item(), reference["loss"]?.number ?? 0)
    }
  }

  @Test func accumulatedGradientsAreThoseOfTheWholeBatch() throws {
    let graph = Graph()
    let (store, gradient) = try model(graph)
    let accumulator = try GradientAccumulator(store)
    let adding = try graph.compile(outputs: [], updates: [accumulator.adding(gradient)])
    let state = try OptimizerState(SGD(), settings: ["learning_rate": .number(0.25)], for: store)
    let stepping = try graph.compile(
      outputs: [], updates: state.updates(gradient: accumulator.sum) + [accumulator.clearing()])
    try adding.run()
    try adding.run()
    try state.prepareStep()
    try stepping.run()
    // Two gradients of 2 (1 - 3) at rate 1/4: 1 + 2.
    #expect(try store.values(of: Parameter(index: 0)) == [3, 3, 3, 3])
    #expect(try accumulator.sum.doubles() == [Double](repeating: 0, count: 7))
  }
}
