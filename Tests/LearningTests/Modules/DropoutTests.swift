import TensorCore
import TestSupport
import Testing

@testable import Learning

@Suite struct DropoutTests {
  private func drop(_ rate: Double, step: Double, seed: UInt64 = 1, places: Int = 1) throws
    -> [[Double]]
  {
    let graph = Graph()
    let ones = Handle(try graph.full([100, 100], 1, .float32))
    let noise = DropoutNoise(
      RandomStream(seed: seed, name: "dropout"), step: graph.hyperparameter(step))
    let pass = ForwardPass(Parameters([]), dropout: noise)
    let module = try Dropout(rate: rate)
    let results = try (0..<places).map { _ in Handle(try module(ones.tensor, pass)) }
    return try results.map { try $0.tensor.doubles() }
  }

  @Test func theShareOfZerosAndTheMeanAreRight() throws {
    let values = try drop(0.3, step: 4)[0]
    let zeros = Double(values.filter { $0 == 0 }.count) / 10_000
    #expect(abs(zeros - 0.3) < 5 * (0.21 / 10_000).squareRoot())
    #expect(values.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
  }

  @Test func noiseDependsOnSeedStepAndPlaceAlone() throws {
    let first = try drop(0.5, step: 4, places: 2)
    #expect(try drop(0.5, step: 4, places: 2) == first)
    #expect(first[0] != first[1])
    #expect(try drop(0.5, step: 5)[0] != first[0])
    #expect(try drop(0.5, step: 4, seed: 2)[0] != first[0])
  }

  @Test func offIsTheInputItself() throws {
    let graph = Graph()
    let x = graph.tensor([1.0, 2])
    let module = try Dropout(rate: 0.9)
    #expect(try module(x, ForwardPass(Parameters([]))).id == x.id)
    #expect(throws: LearningError.self) { try Dropout(rate: 1) }
  }
}
