import Testing

@testable import TensorCore

/// Kernels that read an operand transposed, in blocks of whole cache lines.
struct FusedKernelTests {
  private let graph = Graph()

  @Test(arguments: [[5, 3], [16, 40], [33, 100], [64, 2048], [7, 5000]])
  func transposedOperandsAreReadRight(dims: [Int]) throws {
    let (rows, cols) = (dims[0], dims[1])
    let values = (0..<rows * cols).map { Float(($0 * 7919) % 10_007) }
    let x = Handle(try graph.tensor(values, shape: [rows, cols]))
    let y = Handle(try graph.tensor(values, shape: [cols, rows]))
    let turned = try x.tensor.permute([1, 0])
    let copy = try turned.reshape(to: [rows * cols]).floats()
    let sum = try (turned + y.tensor).reshape(to: [rows * cols]).floats()
    let totals = try (turned * 2).sum([1]).floats()
    for col in 0..<cols {
      var total: Float = 0
      for row in 0..<rows {
        let (place, value) = (col * rows + row, values[row * cols + col])
        #expect(copy[place] == value && sum[place] == value + values[place])
        total += value * 2
      }
      #expect(abs(totals[col] - total) <= total * 1e-6)
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    let values = (0..<200 * 333).map { Float(($0 * 7919) % 10_007) * 0.01 }
    let results = try [1, 2].map { threads in
      let graph = Graph(threads: threads)
      let x = Handle(try graph.tensor(values, shape: [200, 333]))
      return try x.tensor.permute([1, 0]).softmax(-1).floats()
    }
    #expect(results[0] == results[1])
  }
}
