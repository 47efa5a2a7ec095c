import LuaBindings
import TensorCore
import Testing

@testable import perigee

/// Every operation has an example that runs.
@Suite struct OperationExampleTests {
  @Test func everyOperation() throws {
    let session = try ScriptSession()
    var without: [String] = []
    for operation in Catalogue.operations where operation.isPublic {
      guard let example = OperationExample(operation, in: session) else {
        without.append(operation.name)
        continue
      }
      #expect(!example.result.isEmpty && !example.shapes.isEmpty, "\(operation.name)")
      #expect(!example.errors.isEmpty, "\(operation.name)")
    }
    #expect(without == [])
  }

  @Test func examplesAreTelling() throws {
    let session = try ScriptSession()
    let add = try #require(Catalogue.named("add").flatMap { OperationExample($0, in: session) })
    #expect(add.call == "pg.add(pg.tensor{-1, 0.5, 2}, pg.tensor{2, 1, -0.5})")
    #expect(add.result == "1.0000  1.5000  1.5000\nfloat32 [3]")
    #expect(add.shapes == "x [3], y [3] -> float32 [3]")
    #expect(add.errors.contains { $0.contains("float64") })
    let sum = try #require(Catalogue.named("sum").flatMap { OperationExample($0, in: session) })
    #expect(sum.result == "21.0  float32 []")
    #expect(sum.graph.count >= 2)
  }
}
