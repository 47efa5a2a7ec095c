import Foundation
import Testing

@testable import TensorCore

/// Values computed by plans against plain Swift loops.
struct PlanTests {
  let graph = Graph()

  private func ramp(_ shape: Shape, scale: Double = 0.1) throws -> Tensor {
    try graph.tensor((0..<shape.count).map { Double($0) * scale - 1 }, shape: shape)
  }

  private func expect(_ tensor: Tensor, _ expected: [Double], _ tolerance: Double = 1e-12) throws {
    let actual = try tensor.doubles()
    #expect(actual.count == expected.count)
    for (a, e) in zip(actual, expected) {
      #expect(a == e || abs(a - e) <= tolerance * max(1, abs(e)), "\(actual) vs \(expected)")
    }
  }

  @Test func elementwiseChainIsOneKernel() throws {
    let x = try ramp([1000])
    let y = try (x * x + 2.0 * x - 1.0).apply("exp")
    var expected: [Double] = []
    for i in 0..<1000 {
      let v: Double = Double(i) * 0.1 - 1
      expected.append(Foundation.exp(v * v + 2 * v - 1))
    }
    try expect(y, expected)
  }

  @Test func broadcastRowsAndColumns() throws {
    let x = try ramp([3, 4])
    let row = try ramp([4], scale: 1)
    let column = try ramp([3, 1], scale: 2)
    var expected: [Double] = []
    for i in 0..<12 {
      let element: Double = Double(i) * 0.1 - 1
      let inRow: Double = Double(i % 4) - 1
      expected.append(element * inRow + Double(i / 4) * 2 - 1)
    }
    try expect(try x * row + column, expected)
  }

  @Test(arguments: [[3, 4], [1, 7], [5, 600], [2, 3, 4], [70, 5]])
  func softmaxOfRows(dims: [Int]) throws {
    let x = try ramp(Shape(dims), scale: 0.01)
    let shifted = try x - x.maximum([-1], keepingAxes: true)
    let e = try shifted.apply("exp")
    let y = try e / e.sum([-1], keepingAxes: true)
    let cols = dims[dims.count - 1]
    let all = try x.doubles()
    var expected: [Double] = []
    for row in 0..<(all.count / cols) {
      let values = all[(row * cols)..<((row + 1) * cols)]
      let top = values.max() ?? 0
      let sum = values.reduce(0) { $0 + Foundation.exp($1 - top) }
      expected += values.map { Foundation.exp($0 - top) / sum }
    }
    try expect(y, expected)
  }

  @Test(arguments: [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]])
  func sumsOverAnyAxes(axes: [Int]) throws {
    let shape: Shape = [4, 130, 6]
    let x = try ramp(shape)
    let all = try x.doubles()
    let kept = [0, 1, 2].filter { !axes.contains($0) }
    var expected = [Double](repeating: 0, count: kept.reduce(1) { $0 * shape[$1] })
    for i in 0..<4 {
      for j in 0..<130 {
        for k in 0..<6 {
          let index = [i, j, k]
          let place = kept.reduce(0) { $0 * shape[$1] + index[$1] }
          expected[place] += all[(i * 130 + j) * 6 + k]
        }
      }
    }
    try expect(try x.sum(axes), expected, 1e-12)
    try expect(try (x * 2.0).sum(axes) + 1.0, expected.map { 2 * $0 + 1 }, 1e-12)
  }

  @Test func viewsReadThroughStrides() throws {
    let x = try ramp([2, 3, 4])
    let all = try x.doubles()
    let permuted = try x.permute([2, 0, 1])
    var expected: [Double] = []
    for k in 0..<4 {
      for row in 0..<6 { expected.append(all[row * 4 + k]) }
    }
    try expect(permuted, expected)
    try expect(try permuted.reshape(to: [8, 3]) + 0.5, expected.map { $0 + 0.5 })
    try expect(
      try x.flip(1).slice(2, start: 1, count: 2),
      [
        all[9], all[10], all[5], all[6], all[1], all[2], all[21], all[22], all[17], all[18],
        all[13], all[14],
      ])
  }

  @Test func productsOfEveryLayout() throws {
    let a = try ramp([2, 3, 4])
    let b = try ramp([2, 4, 5], scale: 0.3)
    let (x, y) = (try a.doubles(), try b.doubles())
    var expected: [Double] = []
    for s in 0..<2 {
      for i in 0..<3 {
        for j in 0..<5 {
          expected.append(
            (0..<4).reduce(0) {
              $0 + x[(s * 3 + i) * 4 + $1] * y[(s * 4 + $1) * 5 + j]
            })
        }
      }
    }
    try expect(try a.matmul(b), expected)
    try expect(try a.transpose().matmul(b, transposeLeft: true), expected)
    let twisted = try b.permute([1, 2, 0]).permute([2, 0, 1])
    try expect(try a.matmul(twisted), expected)
    try expect(try (a * 1.5).matmul(b.transpose(), transposeRight: true), expected.map { 1.5 * $0 })
    let middle = try ramp([4, 2, 5]).permute([1, 0, 2])
    #expect(try a.matmul(middle).shape == [2, 3, 5])
  }

  @Test func gradientOfChainMatchesDifferences() throws {
    let w = graph.parameter([4, 3], .float64)
    try w.withMutableBytes { bytes in
      for (i, _) in (0..<12).enumerated() {
        bytes.storeBytes(of: Double(i) * 0.07 - 0.4, toByteOffset: i * 8, as: Double.self)
      }
    }
    let x = try ramp([5, 4])
    func loss() throws -> Tensor {
      let h = try x.matmul(w)
      let e = try (h - h.maximum([-1], keepingAxes: true)).apply("exp")
      let p = try e / e.sum([-1], keepingAxes: true)
      return try (p * p * h).mean()
    }
    let gradient = try graph.gradient(of: loss(), withRespectTo: [w])[0].doubles()
    for i in 0..<12 {
      func at(_ step: Double) throws -> Double {
        try w.withMutableBytes { bytes in
          let old = bytes.load(fromByteOffset: i * 8, as: Double.self)
          bytes.storeBytes(of: old + step, toByteOffset: i * 8, as: Double.self)
        }
        return try loss().item()
      }
      let h = 1e-5
      let up = try at(h)
      let down = try at(-2 * h)
      _ = try at(h)
      #expect(abs((up - down) / (2 * h) - gradient[i]) < 1e-8)
    }
  }

  @Test func capturedPlanUpdatesInPlace() throws {
    let w = graph.parameter([8], .float32)
    try w.withMutableBytes { $0.bindMemory(to: Float.self).update(repeating: 1) }
    let rate = graph.hyperparameter(0.5)
    let loss = try (w * w).sum()
    let gradient = try graph.gradient(of: loss, withRespectTo: [w])[0]
    let plan = try graph.compile(
      outputs: [loss], updates: [(w, try w - Tensor(graph, gradient.id) * rate)])
    try plan.run()
    #expect(try plan.outputs[0].item() == 8)
    #expect(try w.floats() == [Float](repeating: 0, count: 8))
    graph.set(rate, to: 0.25)
    try w.withMutableBytes { $0.bindMemory(to: Float.self).update(repeating: 2) }
    let before = graph.systemAllocations
    try plan.run()
    #expect(graph.systemAllocations == before)
    #expect(try plan.outputs[0].item() == 32)
    #expect(try w.floats() == [Float](repeating: 1, count: 8))
  }

  @Test func equalStructuresShareOnePlan() throws {
    let x = try ramp([16])
    _ = try (x * 3.0).doubles()
    let plans = graph.compilations
    let expected = (0..<16).map { i -> Double in 5 * (Double(i) * 0.1 - 1) }
    try expect(try x * 5.0, expected)
    #expect(graph.compilations == plans)
  }

  @Test func nodesGoWhenNothingHoldsThem() throws {
    let x = Handle(try ramp([16]))
    graph.sweep()
    let before = graph.liveNodes
    for _ in 0..<100 { _ = try (x.tensor * 3.0 + 1.0).doubles() }
    graph.sweep()
    #expect(graph.liveNodes == before)
  }

  @Test func badIndexIsAnError() throws {
    let table = try ramp([3, 2])
    let index = graph.tensor([Int64(0), 3])
    #expect(throws: TensorError.self) { _ = try table.gatherRows(index).doubles() }
  }
}
