import TensorCore
import TestSupport
import Testing

@testable import Learning

/// The transformer against Hugging Face's `LlamaForCausalLM`, run in float64.
@Suite struct TransformerTests {
  private struct Case {
    let model: Transformer
    let store: ParameterStore
    let ids: Tensor
    let rotary: RotaryEmbedding
    private let kept: Handle

    init(_ reference: GoldenCase, _ graph: Graph) throws {
      var shape = TransformerShape(vocabulary: 11)
      (shape.width, shape.layers, shape.heads, shape.hidden) = (8, 2, 2, 12)
      shape.keyValueHeads = Int(reference.params["kv"]?.number ?? 0)
      shape.tiesEmbeddings = reference.params["tied"] == .flag(true)
      shape.length = 16
      var layout = ParameterLayout()
      model = try Transformer(shape, in: &layout)
      store = try ParameterStore(graph, layout, .float64)
      for entry in layout.entries {
        let values = try #require(reference.inputs[entry.name])
        #expect(values.dims == entry.shape.dims, "\(entry.name)")
        try store.set(layout.parameter(named: entry.name), to: values.numbers)
      }
      let tokens = try #require(reference.inputs["ids"])
      kept = Handle(
        try graph.tensor(tokens.numbers.map { Int64($0) }, shape: Shape(tokens.dims)))
      ids = kept.tensor
      rotary = try model.rotary(graph, .float64)
    }
  }

  @Test func logitsAndGradientsAreThoseOfTheReference() throws {
    let file = try GoldenFile(fixture: "llama-forward")
    #expect(file.cases.count == 2)
    for reference in file.cases {
      let graph = Graph()
      let fixture = try Case(reference, graph)
      let parameters = try fixture.store.bind()
      let logits = try fixture.model(
        fixture.ids, ForwardPass(parameters), rotary: fixture.rotary)
      let targets = try fixture.ids.slice(1, start: 1, count: 5).reshape(to: [2, 5, 1])
      let scores = try logits.slice(1, start: 0, count: 5).logSoftmax(-1).gatherAlong(targets)
      let loss = try -scores.mean()
      let gradient = try fixture.store.gradient(of: loss, withRespectTo: parameters)
      let handles = [logits, loss, gradient].map(Handle.init)
      expectClose(try handles[0].tensor.doubles(), reference["out"]?.numbers ?? [])
      expectClose(try handles[1].tensor.item(), reference["loss"]?.number ?? 0)
      let expected = fixture.store.layout.entries.flatMap {
        reference.grads[$0.name]?.numbers ?? []
      }
      expectClose(try handles[2].tensor.doubles(), expected)
    }
  }

  @Test func decodingStepByStepGivesTheSameLogits() throws {
    for reference in try GoldenFile(fixture: "llama-forward").cases {
      let graph = Graph()
      let fixture = try Case(reference, graph)
      let shape = fixture.model.shape
      let extents: Shape = [2, shape.keyValueHeads, 8, 4]
      let leaves = (0..<4).map { _ in Handle(graph.empty(extents, .float64)) }
      for leaf in leaves {
        _ = try leaf.tensor.withMutableBytes {
          $0.initializeMemory(as: UInt8.self, repeating: 0)
        }
      }
      let token = Handle(graph.empty([2], .int64))
      let position = Handle(graph.empty([1], .int64))
      let caches = [0, 2].map {
        KeyValues(keys: leaves[$0].tensor, values: leaves[$0 + 1].tensor)
      }
      let (logits, kept) = try fixture.model.step(
        token.tensor, ForwardPass(fixture.store.bind()), rotary: fixture.rotary,
        position: position.tensor, caches: caches)
      let new = kept.flatMap { [$0.keys, $0.values] }
      let plan = try graph.compile(
        outputs: [logits], updates: zip(leaves, new).map { ($0.tensor, $1) })
      let tokens = reference.inputs["ids"]?.numbers ?? []
      let expected = reference["out"]?.numbers ?? []
      for place in 0..<6 {
        try position.tensor.withMutableBytes { $0.bindMemory(to: Int64.self)[0] = Int64(place) }
        try token.tensor.withMutableBytes { bytes in
          for row in 0..<2 {
            bytes.bindMemory(to: Int64.self)[row] = Int64(tokens[row * 6 + place])
          }
        }
        try plan.run()
        let wanted: [Double] = [place, 6 + place].flatMap { (token: Int) -> ArraySlice<Double> in
          expected[token * 11..<token * 11 + 11]
        }
        expectClose(try plan.outputs[0].doubles(), wanted)
      }
    }
  }

  @Test func badExtentsAreErrors() {
    var layout = ParameterLayout()
    var shape = TransformerShape(vocabulary: 5)
    shape.heads = 3
    #expect(throws: LearningError.self) { try Transformer(shape, in: &layout) }
    layout = ParameterLayout()
    #expect(throws: LearningError.self) {
      try Transformer(TransformerShape(vocabulary: 0), in: &layout)
    }
  }
}
