import TensorCore
import TestSupport
import Testing

@testable import Learning

/// Every module's derivatives, by its input and all its parameters, against differences.
@Suite struct ModuleGradientTests {
  private func check(
    _ input: Shape, _ layout: ParameterLayout, scale: Double = 0.7,
    _ module: @escaping (Tensor, ForwardPass) throws -> Tensor
  ) throws {
    var stream = RandomStream(seed: 11, name: "module-gradients")
    func point(_ shape: Shape) -> Point {
      Point(shape, (0..<shape.count).map { _ in stream.normal() * scale })
    }
    let points = [point(input)] + layout.entries.map { point($0.shape) }
    let mismatch = try GradientCheck().mismatch(
      of: { inputs in
        try module(inputs[0], ForwardPass(Parameters(Array(inputs.dropFirst()))))
      }, at: points)
    #expect(mismatch == nil)
  }

  @Test func linear() throws {
    var layout = ParameterLayout()
    let module = try Linear("l", inputs: 3, outputs: 2, in: &layout)
    try check([4, 3], layout) { try module($0, $1) }
    try check([2, 2, 3], layout) { try module($0, $1) }
  }

  @Test func norms() throws {
    var layout = ParameterLayout()
    let layerNorm = try LayerNorm("n", width: 4, in: &layout)
    try check([3, 4], layout) { try layerNorm($0, $1) }
    layout = ParameterLayout()
    let rmsNorm = try RMSNorm("n", width: 4, in: &layout)
    try check([3, 4], layout) { try rmsNorm($0, $1) }
  }

  @Test func feedForwardLayers() throws {
    var layout = ParameterLayout()
    let gated = try GatedFeedForward("f", width: 3, hidden: 5, in: &layout)
    try check([2, 3], layout) { try gated($0, $1) }
    layout = ParameterLayout()
    let plain = try FeedForward("f", width: 3, hidden: 5, in: &layout)
    try check([2, 3], layout) { try plain($0, $1) }
    for activation in Activation.allCases {
      layout = ParameterLayout()
      let layers = try MultilayerPerceptron(
        "m", widths: [3, 4, 2], activation: activation, in: &layout)
      try check([2, 3], layout) { try layers($0, $1) }
    }
  }

  @Test(arguments: [2, 1]) func attention(keyValueHeads: Int) throws {
    var layout = ParameterLayout()
    let module = try Attention(
      "a", width: 8, heads: 2, keyValueHeads: keyValueHeads, bias: true, in: &layout)
    try check([2, 3, 8], layout) { x, pass in
      let rotary = try RotaryEmbedding(x.graph, length: 3, width: 4, .float64)
      return try module(x, pass, rotary: rotary)
    }
  }

  @Test func transformer() throws {
    var shape = TransformerShape(vocabulary: 5)
    (shape.width, shape.layers, shape.heads, shape.keyValueHeads) = (4, 2, 2, 1)
    (shape.hidden, shape.length) = (6, 3)
    var layout = ParameterLayout()
    let model = try Transformer(shape, in: &layout)
    // The input point is a dummy: tokens have no derivative.
    try check([1], layout, scale: 0.4) { unused, pass in
      let ids = try unused.graph.tensor([Int64(0), 3, 1, 4, 4, 2], shape: [2, 3])
      return try model(ids, pass, rotary: model.rotary(unused.graph, .float64))
    }
  }
}
