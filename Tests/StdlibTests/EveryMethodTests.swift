import LuaBindings
import Methods
import TensorCore
import TestSupport
import Testing

/// What holds for every file of stdlib.
@Suite struct EveryMethodTests {
  @Test(arguments: StdlibFixture.methods) func passesItsChecks(_ name: String) throws {
    let fixture = try StdlibFixture()
    let report = try MethodCheck(fixture.catalogue).run(name)
    #expect(report.isPassing, "\(report.text)")
    #expect(!report.passed.isEmpty)
  }

  @Test(arguments: StdlibFixture.methods) func documentsItsParameters(_ name: String) throws {
    let fixture = try StdlibFixture()
    let declaration = try fixture.catalogue.declaration(name)
    let declared = Set(declaration.parameters.map(\.name))
    let documented = Set(try fixture.catalogue.library.entry(name).header.parameters.map(\.name))
    #expect(declared.isSubset(of: documented), "\(declared.subtracting(documented))")
    if [.loss, .preferenceModel].contains(declaration.family) {
      #expect(documented == declared.union(["batch"]))
    }
  }

  /// f-DPO takes every divergence whose f'(0+) is minus infinity, and refuses the others.
  @Test func fDPOTakesSteepDivergences() throws {
    let fixture = try StdlibFixture()
    let loss = try fixture.catalogue.loss("losses/f_dpo")
    let names = StdlibFixture.methods.filter { $0.hasPrefix("divergences/") }
    var taken: [String] = []
    for name in names {
      guard try fixture.catalogue.divergence(name).isGeneratedByF else { continue }
      try fixture.session.holding {
        let graph = fixture.session.graph
        func side(_ ratios: [Double]) throws -> LossBatch.Side {
          LossBatch.Side(
            logProb: graph.tensor(ratios), refLogProb: try graph.full([2], 0, .float64))
        }
        let batch = LossBatch(chosen: try side([0.5, 0]), rejected: try side([-0.2, 0]))
        let parameters = try loss.resolve(["divergence": .text(name)])
        guard try fixture.catalogue.divergence(name).isSteep() else {
          #expect(throws: (any Error).self) { try loss.evaluate(batch, parameters) }
          return
        }
        let values = try loss.evaluate(batch, parameters).loss.tensor.doubles()
        #expect(values[0] < values[1], "\(name)")
        expectClose([values[1]], [0.6931471805599453])
        taken.append(name)
      }
    }
    #expect(taken.count >= 8, "\(taken)")
    #expect(!taken.contains("divergences/chi_squared"))
    #expect(!taken.contains("divergences/total_variation"))
  }
}
