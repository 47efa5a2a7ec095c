import LuaBindings
import Methods
import Testing

@testable import perigee

/// Every example that help shows runs and shows something.
@Suite struct LibraryExamplesTests {
  @Test(arguments: LibraryExamples.code.keys.sorted())
  func examplesRun(_ name: String) throws {
    let session = try ScriptSession()
    let catalogue = try MethodCatalogue(StandardLibrary.find(), in: session)
    let lines = withExtendedLifetime(catalogue) { LibraryExamples.lines(name, in: session) }
    let typed = LibraryExamples.code[name]?.split(separator: "\n").count ?? 0
    #expect(lines.count > typed, "\(name): \(lines)")
    #expect(LibraryTopics.text[name] != nil)
  }

  @Test func valuesAreTheRightOnes() throws {
    let session = try ScriptSession()
    func last(_ name: String) -> [String] {
      LibraryExamples.lines(name, in: session).filter { !$0.hasPrefix(">") }
    }
    #expect(last("arange") == ["1  3  5  7  9", "int64 [5]"])
    #expect(last("parameter") == ["3.0", "6.0", "float32 [1]"])
    #expect(last("loss").first == "0.6588")
    #expect(last("seed") == ["0.0"])
  }
}
