import Testing

@testable import TensorCore

/// Plans called with arguments that are read where they lie.
struct PlanFunctionTests {
  private let graph = Graph()

  private func value(_ function: PlanFunction) throws -> [[Double]] {
    var results: [Handle] = []
    try function.run { results.append(Handle(Tensor(graph: graph, id: $0))) }
    return try results.map { try $0.tensor.doubles() }
  }

  @Test func argumentsAreBoundAndResultsAreTheirOwn() throws {
    let (x, unused) = (Handle(graph.empty([3], .float64)), Handle(graph.empty([2], .float64)))
    let outside = Handle(try graph.tensor([10.0, 20, 30], shape: [3]))
    let y = try x.tensor * 2 + outside.tensor
    let plan = try graph.compile(outputs: [y, x.tensor, y])
    let function = PlanFunction(plan, arguments: [unused.tensor, x.tensor])
    #expect(function.resultCount == 3)
    let one = Handle(try graph.tensor([1.0, 2, 3], shape: [3]))
    let two = Handle(try graph.tensor([-1.0, 0, 1], shape: [3]))
    function.bind(0, to: one.tensor.id)
    function.bind(1, to: one.tensor.id)
    #expect(try value(function) == [[12, 24, 36], [1, 2, 3], [12, 24, 36]])
    function.bind(1, to: two.tensor.id)
    var first: [Handle] = []
    try function.run { first.append(Handle(Tensor(graph: graph, id: $0))) }
    function.bind(1, to: one.tensor.id)
    #expect(try value(function)[0] == [12, 24, 36])
    // A later call leaves earlier results alone, and the arguments too.
    #expect(try first[0].tensor.doubles() == [8, 20, 32])
    #expect(try two.tensor.doubles() == [-1, 0, 1])
  }

  @Test func callsInALoopNeedNoMoreMemory() throws {
    let x = Handle(graph.empty([1000], .float32))
    let plan = try graph.compile(outputs: [try x.tensor.exp()])
    let function = PlanFunction(plan, arguments: [x.tensor])
    let argument = Handle(try graph.tensor([Float](repeating: 0, count: 1000), shape: [1000]))
    function.bind(0, to: argument.tensor.id)
    for _ in 0..<2 {
      try function.run { _ in }
      graph.sweep()
    }
    let (before, nodes) = (graph.systemAllocations, graph.liveNodes)
    for _ in 0..<100 {
      try function.run { _ in }
      graph.sweep()
    }
    #expect(graph.systemAllocations == before)
    #expect(graph.liveNodes == nodes)
  }
}
