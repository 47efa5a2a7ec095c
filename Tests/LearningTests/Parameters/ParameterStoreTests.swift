import TensorCore
import TestSupport
import Testing

@testable import Learning

@Suite struct ParameterStoreTests {
  private func layout() throws -> ParameterLayout {
    var layout = ParameterLayout()
    _ = try layout.declare("a.weight", [2, 3], initial: .normal(deviation: 0.5))
    _ = try layout.declare("a.bias", [3], initial: .uniform(bound: 0.25))
    _ = try layout.declare("b", [], initial: .constant(4))
    return layout
  }

  @Test func parametersLieEndToEndInDeclaredOrder() throws {
    let layout = try layout()
    #expect(layout.count == 10)
    #expect(layout.entries.map(\.offset) == [0, 6, 9])
    let store = try ParameterStore(Graph(), layout, .float64)
    try store.set(layout.parameter(named: "a.bias"), to: [7, 8, 9])
    #expect(try store.flat.doubles() == [0, 0, 0, 0, 0, 0, 7, 8, 9, 0])
    let views = try store.bind()
    let handle = Handle(views.tensors[1])
    #expect(try handle.tensor.doubles() == [7, 8, 9])
  }

  @Test func namesAreCheckedWithTheNearest() throws {
    var layout = try layout()
    #expect(throws: LearningError.self) { try layout.declare("b", [1], initial: .constant(0)) }
    let error = #expect(throws: LearningError.self) { try layout.parameter(named: "a.wieght") }
    #expect(error?.description.contains("did you mean \"a.weight\"?") == true)
    let store = try ParameterStore(Graph(), layout)
    #expect(throws: LearningError.self) { try store.set(Parameter(index: 1), to: [1]) }
  }

  @Test func initialValuesDependOnSeedAndNameAlone() throws {
    func values(_ layout: ParameterLayout, _ seed: UInt64, _ name: String) throws -> [Double] {
      let store = try ParameterStore(Graph(), layout)
      try store.initialize(seed: seed)
      return try store.values(of: layout.parameter(named: name))
    }
    let first = try layout()
    var second = ParameterLayout()
    _ = try second.declare("other", [5], initial: .constant(1))
    _ = try second.declare("a.weight", [2, 3], initial: .normal(deviation: 0.5))
    #expect(try values(first, 3, "a.weight") == values(second, 3, "a.weight"))
    #expect(try values(first, 3, "a.weight") != values(first, 4, "a.weight"))
    #expect(try values(first, 3, "b") == [4])
    #expect(try values(first, 3, "a.bias").allSatisfy { abs($0) <= 0.25 && $0 != 0 })
  }

  @Test func initialMomentsAreThoseAskedFor() throws {
    var layout = ParameterLayout()
    _ = try layout.declare("w", [20_000], initial: .normal(deviation: 0.02))
    let store = try ParameterStore(Graph(), layout)
    try store.initialize(seed: 5)
    let values = try store.values(of: Parameter(index: 0))
    let mean = values.reduce(0, +) / 20_000
    let variance = values.reduce(0) { $0 + $1 * $1 } / 20_000
    #expect(abs(mean) < 5 * 0.02 / 20_000.squareRoot())
    #expect(abs(variance.squareRoot() / 0.02 - 1) < 0.03)
  }

  @Test func theFlatGradientHoldsEveryParametersDerivative() throws {
    let graph = Graph()
    let layout = try layout()
    let store = try ParameterStore(graph, layout, .float64)
    try store.initialize(seed: 2)
    let parameters = try store.bind()
    // sum(w²) + 3 sum(bias); b does not take part.
    let (weight, bias) = (parameters.tensors[0], parameters.tensors[1])
    let loss = try (weight * weight).sum() + bias.sum() * 3
    let gradient = Handle(try store.gradient(of: loss, withRespectTo: parameters))
    let weights = try store.values(of: Parameter(index: 0))
    expectClose(try gradient.tensor.doubles(), weights.map { 2 * $0 } + [3, 3, 3, 0])
  }

  @Test func copiesAreIndependentAndSnapshotsRestore() throws {
    let graph = Graph()
    let store = try ParameterStore(graph, try layout())
    try store.initialize(seed: 9)
    let saved = try store.snapshot()
    let frozen = try store.copy(trainable: false)
    try store.set(Parameter(index: 2), to: [-1])
    #expect(try frozen.values(of: Parameter(index: 2)) == [4])
    #expect(!frozen.isTrainable)
    let plan = try graph.compile(
      outputs: [], updates: [frozen.averaging(towards: store, weight: graph.weak(0.25))])
    try plan.run()
    #expect(try frozen.values(of: Parameter(index: 2)) == [2.75])
    try store.restore(saved)
    #expect(try store.values(of: Parameter(index: 2)) == [4])
    let other = try ParameterStore(graph, ParameterLayout())
    #expect(throws: LearningError.self) { try other.assign(from: store) }
    #expect(throws: LearningError.self) { try other.restore(saved) }
  }
}
