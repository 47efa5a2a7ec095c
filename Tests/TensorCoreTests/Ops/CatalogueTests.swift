import Testing

@testable import TensorCore

/// Every declaration says what it must.
struct CatalogueTests {
  @Test(arguments: Catalogue.operations.map(\.name))
  func declarationIsComplete(name: String) throws {
    let operation = try #require(Catalogue.named(name))
    #expect(operation.name == operation.name.lowercased())
    #expect(operation.summary.hasSuffix("."), "\(operation.summary)")
    let names = operation.parameters.map(\.name)
    #expect(Set(names).count == names.count)
    if let open = operation.parameters.firstIndex(where: \.isOptional) {
      let rest = operation.parameters[open...].map(\.isOptional)
      #expect(!rest.contains(false))
    }
  }

  @Test func elementwiseRowsStateTheirErrorBound() {
    for operation in Catalogue.operations where operation.isPublic {
      guard case .primitive(let primitive) = operation.body, case .map = primitive.lowering else {
        continue
      }
      #expect(operation.ulp != nil || operation.name == "stop_gradient", "\(operation.name)")
    }
  }

  @Test func namesAreFound() throws {
    #expect(Catalogue.named("softmax") != nil)
    #expect(Catalogue.named("batched_matmul")?.isPublic == false)
    #expect(Catalogue.named("no_such_operation") == nil)
    #expect(Catalogue.operations.filter(\.isPublic).count > 200)
  }

  @Test func integersAreNotDivided() throws {
    let graph = Graph()
    let x = graph.tensor([Int64(7), 8])
    #expect(throws: TensorError.self) { try x / x }
    #expect(try x.floorDivide(graph.weak(2, isInteger: true)).integers() == [3, 4])
    #expect(throws: TensorError.self) { try x * graph.tensor([1.5, 2.5]) }
  }

  @Test func numbersOfScriptsTakeTheTypeOfTheirNeighbour() throws {
    let graph = Graph()
    let x = graph.tensor([Float(1), 2])
    let y = try (graph.weak(0.5).silu() * x).clamp(graph.weak(0.2), nil)
    #expect(y.dtype == .float32)
    let clamped = try graph.tensor([Int64(1), 5]).clamp(graph.weak(2, isInteger: true), nil)
    #expect(try clamped.integers() == [2, 5])
  }
}
