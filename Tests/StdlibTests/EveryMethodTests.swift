import Methods
import Testing

/// What holds for every file of stdlib.
@Suite struct EveryMethodTests {
  @Test(arguments: StdlibFixture.methods) func passesItsChecks(_ name: String) throws {
    let fixture = try StdlibFixture()
    let report = try MethodCheck(fixture.catalogue).run(name)
    #expect(report.isPassing, "\(report.text)")
    #expect(!report.passed.isEmpty)
  }

  @Test(arguments: StdlibFixture.methods.filter { $0.hasPrefix("losses/") })
  func documentsItsParameters(_ name: String) throws {
    let fixture = try StdlibFixture()
    let declared = try fixture.catalogue.declaration(name).parameters.map(\.name)
    let documented = try fixture.catalogue.library.entry(name).header.parameters.map(\.name)
    #expect(Set(documented) == Set(declared + ["batch"]))
  }
}
