import TensorCore
import TestSupport
import Testing

/// Values of products, attention and losses against plain loops and formulas.
struct NetworkValueTests {
  let graph = Graph()

  private func ramp(_ shape: Shape, _ scale: Double = 0.3) throws -> Tensor {
    try graph.tensor((0..<shape.count).map { Double($0 % 7) * scale - 1 }, shape: shape)
  }

  private func call(_ name: String, _ values: Arguments.Value...) throws -> Tensor {
    try #require(Catalogue.named(name)).call(values, in: graph)[0]
  }

  @Test(arguments: [
    ("ij,jk->ik", [[2, 3], [3, 4]]), ("bij,bjk->bik", [[2, 2, 3], [2, 3, 2]]),
    ("ij->ji", [[2, 3]]), ("ii->i", [[3, 3]]), ("ii", [[3, 3]]), ("ij->", [[2, 3]]),
    ("i,i->", [[3], [3]]), ("ij,kj->ik", [[2, 3], [4, 3]]), ("i,j,k->ijk", [[2], [3], [2]]),
    ("ij,jk,kl->il", [[2, 3], [3, 2], [2, 4]]),
    ("bhid,bhjd->bhij", [[1, 2, 3, 2], [1, 2, 4, 2]]),
    ("ijk,ik->j", [[2, 3, 4], [2, 4]]), ("ij,jk", [[2, 3], [3, 2]]),
  ])
  func einsumIsTheSumItSpells(equation: String, shapes: [[Int]]) throws {
    let operands = try shapes.map { try ramp(Shape($0)) }
    let result = try graph.einsum(equation, operands)
    let expected = try EinsumLoops(equation, operands).evaluate()
    expectClose(try result.doubles(), expected, .golden, equation)
  }

  @Test func einsumEllipsisBroadcastsLeadingAxes() throws {
    let (x, y) = try (ramp([2, 3, 2, 4]), ramp([2, 3, 4, 2]))
    let dotted = try graph.einsum("...ij,...jk->...ik", [x, y])
    #expect(try dotted.doubles() == x.matmul(y).doubles())
    #expect(throws: TensorError.self) { try graph.einsum("ij,jk->ik", [x, y]) }
  }

  @Test func attentionOfMaskedRowsIsZero() throws {
    let x = try ramp([2, 3])
    let mask = try graph.tensor([true, false, false, false], shape: [2, 2])
    let y = try x.attention(x, x, mask: mask)
    let expected = try x.slice(0, start: 0, count: 1).doubles() + [0, 0, 0]
    expectClose(try y.doubles(), expected)
    let causal = try x.attention(x, x, isCausal: true)
    let triangle = try graph.lowerTriangle(2, 2)
    expectClose(try causal.doubles(), try x.attention(x, x, mask: triangle).doubles())
  }

  @Test func divergencesIgnoreImpossibleOutcomes() throws {
    let p = try graph.tensor([0.5, 0.5, 0]).log()
    let q = try graph.tensor([0.25, 0.25, 0.5]).log()
    let kept = (Handle(p), Handle(q))
    defer { withExtendedLifetime(kept) {} }
    let kl = try p.klDivergence(q)
    let slope = try graph.gradient(of: kl, withRespectTo: [p])[0]
    expectClose(try kl.item(), 0.6931471805599453)
    expectClose(try slope.doubles(), [0.5 * 1.6931471805599453, 0.5 * 1.6931471805599453, 0])
    expectClose(try p.entropy().item(), 0.6931471805599453)
    expectClose(try call("js_divergence", .tensor(p), .tensor(p)).item(), 0)
  }

  @Test func lossesReduceAsAsked() throws {
    let (x, y) = (graph.tensor([0.2, 0.7]), graph.tensor([0.0, 1.0]))
    let each = try call("binary_cross_entropy", .tensor(x), .tensor(y))
    expectClose(try each.doubles(), [0.22314355131420976, 0.35667494393873245])
    let logits = try call("logit", .tensor(x))
    let same = try call(
      "binary_cross_entropy_with_logits", .tensor(logits), .tensor(y), .missing, .missing,
      .text("sum"))
    expectClose(try same.item(), 0.5798184952529422)
    let certain = try call(
      "binary_cross_entropy", .tensor(graph.tensor([0.0, 1.0])), .tensor(graph.tensor([1.0, 1])))
    expectClose(try certain.doubles(), [100, 0])
    let error = #expect(throws: TensorError.self) {
      try call("mse_loss", .tensor(x), .tensor(y), .text("average"))
    }
    #expect(error?.message.contains("\"average\"") == true)
  }

  @Test func realParametersMayBeHyperparameters() throws {
    let (x, y) = (graph.tensor([0.0, 0, 0]), graph.tensor([0.5, 1.5, 3]))
    let delta = graph.hyperparameter(0.5)
    let loss = try call("huber_loss", .tensor(x), .tensor(y), .tensor(delta))
    let slope = try call("leaky_relu", .tensor(x - y), .tensor(delta))
    let plan = try graph.compile(outputs: [loss, slope])
    try plan.run()
    #expect(try plan.outputs[0].doubles() == [0.125, 0.625, 1.375])
    #expect(try plan.outputs[1].doubles() == [-0.25, -0.75, -1.5])
    graph.set(delta, to: 2)
    try plan.run()
    #expect(try plan.outputs[0].doubles() == [0.125, 1.125, 4])
    #expect(try plan.outputs[1].doubles() == [-1, -3, -6])
    let error = #expect(throws: TensorError.self) {
      try call("quantile", .tensor(x), .tensor(delta))
    }
    #expect(error?.message.contains("plain number") == true)
  }

  @Test func tokenLogProbsArePickedLogSoftmax() throws {
    let logits = try ramp([2, 3, 4])
    let labels = try graph.tensor([Int64(0), 1, 2, 3, 0, 1], shape: [2, 3])
    let table = try logits.logSoftmax().doubles()
    let picked = try labels.integers().enumerated().map { table[$0 * 4 + Int($1)] }
    expectClose(try logits.tokenLogProbs(labels).doubles(), picked)
    let one = try call("token_log_probs", .tensor(logits), .tensor(labels + 1))
    expectClose(try one.doubles(), picked)
  }
}

/// The definition of Einstein's notation, one product at a time.
private struct EinsumLoops {
  let inputs: [[Character]]
  let output: [Character]
  let operands: [Tensor]

  init(_ equation: String, _ operands: [Tensor]) {
    let sides = equation.split(separator: ">").map { $0.replacing("-", with: "") }
    inputs = sides[0].split(separator: ",").map(Array.init)
    let all = inputs.flatMap { $0 }
    let single = Set(all).filter { letter in all.filter { $0 == letter }.count == 1 }.sorted()
    output = sides.count > 1 ? Array(sides[1]) : equation.contains("->") ? [] : single
    self.operands = operands
  }

  func evaluate() throws -> [Double] {
    var extents: [Character: Int] = [:]
    for (axes, operand) in zip(inputs, operands) {
      for (axis, extent) in zip(axes, operand.shape.dims) { extents[axis] = extent }
    }
    let values = try operands.map { try $0.doubles() }
    let summed = Set(inputs.flatMap { $0 }).subtracting(output).sorted()
    let letters = output + summed
    let dims = letters.map { extents[$0] ?? 1 }
    var result = [Double](repeating: 0, count: output.reduce(1) { $0 * (extents[$1] ?? 1) })
    let inner = summed.reduce(1) { $0 * (extents[$1] ?? 1) }
    for flat in 0..<dims.reduce(1, *) {
      var rest = flat
      var place: [Character: Int] = [:]
      for (letter, extent) in zip(letters, dims).reversed() {
        place[letter] = rest % extent
        rest /= extent
      }
      var product = 1.0
      for (axes, value) in zip(inputs, values) {
        product *= value[axes.reduce(0) { $0 * (extents[$1] ?? 1) + (place[$1] ?? 0) }]
      }
      result[flat / inner] += product
    }
    return result
  }
}
