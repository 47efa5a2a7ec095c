import Testing

@testable import TensorCore

/// Buffers that are never copied: parts of a concatenation, and rows replaced in a leaf.
struct PlannerBuffersTests {
  private let graph = Graph()

  private func kept(_ shape: Shape, from start: Double) throws -> Handle {
    Handle(try graph.tensor((0..<shape.count).map { start + Double($0) }, shape: shape))
  }

  @Test func partsAreComputedWhereTheyBelong() throws {
    let (x, y) = (try kept([3, 2], from: 1), try kept([2, 5], from: -4))
    let product = try x.tensor.matmul(y.tensor)
    let parts = try (0..<9).map { try product.reshape(to: [15]) * Double($0 + 1) + 1 }
    let plan = try graph.compile(outputs: [graph.concatenate(parts, axis: 0).exp().log()])
    #expect(!plan.notes.contains { $0.hasPrefix("concatenate") })
    try plan.run()
    let base = try product.doubles()
    let expected = (1...9).flatMap { factor in base.map { $0 * Double(factor) + 1 } }
    for (one, two) in zip(try plan.outputs[0].doubles(), expected) {
      #expect(abs(one - two) <= 1e-9 * max(1, abs(two)) || one.isInfinite)
    }
  }

  @Test func aPartThatStandsTwiceIsCopiedOnce() throws {
    let x = try kept([4], from: 0.5)
    let twice = try graph.concatenate([x.tensor.sin(), x.tensor.sin(), x.tensor], axis: 0)
    let wide = try graph.concatenate(
      [twice.reshape(to: [12, 1]), twice.reshape(to: [12, 1])], axis: 1)
    let plan = try graph.compile(outputs: [twice * 2, wide])
    try plan.run()
    let sines = try x.tensor.sin().doubles()
    let all = sines + sines + (try x.tensor.doubles())
    #expect(try plan.outputs[0].doubles() == all.map { $0 * 2 })
    #expect(try plan.outputs[1].doubles() == all.flatMap { [$0, $0] })
  }

  @Test func aReplacedRowIsWrittenInPlace() throws {
    let (cache, row) = (try kept([2, 4, 3], from: 0), try kept([2, 1, 3], from: 100))
    let place = Handle(graph.tensor([Int64(2)]))
    let new = try cache.tensor.replacingRow(1, at: place.tensor, with: row.tensor * 2)
    let plan = try graph.compile(
      outputs: [new.sum([1])], updates: [(cache.tensor, new)])
    #expect(!plan.notes.contains { $0.hasPrefix("copy") })
    #expect(plan.arenaBytes < 24 * 8)
    try plan.run()
    var expected = (0..<24).map(Double.init)
    for batch in 0..<2 {
      for k in 0..<3 { expected[batch * 12 + 6 + k] = (100 + Double(batch * 3 + k)) * 2 }
    }
    #expect(try cache.tensor.doubles() == expected)
    try place.tensor.withMutableBytes { $0.bindMemory(to: Int64.self)[0] = 4 }
    #expect(throws: TensorError.self) { try plan.run() }
  }

  @Test func theOldRowsStayWhereSomebodyReadsThem() throws {
    let (cache, row) = (try kept([3, 2], from: 0), try kept([1, 2], from: 9))
    let place = Handle(graph.tensor([Int64(0)]))
    let new = try cache.tensor.replacingRow(0, at: place.tensor, with: row.tensor)
    let difference = try new.exp().log() - cache.tensor
    let plan = try graph.compile(outputs: [difference], updates: [(cache.tensor, new)])
    try plan.run()
    let found = try plan.outputs[0].doubles()
    for (one, two) in zip(found, [9.0, 9, 0, 0, 0, 0]) { #expect(abs(one - two) < 1e-12) }
    #expect(try cache.tensor.doubles() == [9, 10, 2, 3, 4, 5])
  }

  @Test func aReplacedRowHasADerivative() throws {
    let (x, row) = (graph.parameter([3, 2], .float64), graph.parameter([1, 2], .float64))
    let handles = [Handle(x), Handle(row), Handle(graph.tensor([Int64(1)]))]
    let new = try x.replacingRow(0, at: handles[2].tensor, with: row)
    let weights = try graph.tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2])
    let gradients = try graph.gradient(of: (new * weights).sum(), withRespectTo: [x, row])
    #expect(try gradients[0].doubles() == [1, 2, 0, 0, 5, 6])
    #expect(try gradients[1].doubles() == [3, 4])
  }
}
