import Foundation
import Notation
import Testing

@testable import Tasks

@Suite struct JSONFileTests {
  @Test func filesAreReadAndWritten() throws {
    let folder = try TemporaryFolder()
    let value: JSONValue = ["model_type": "perigee", "layers": 4]
    try value.write(to: "\(folder.path)/deep/config.json")
    #expect(
      try folder.text("deep/config.json")
        == "{\n  \"model_type\": \"perigee\",\n  \"layers\": 4\n}\n")
    #expect(try JSONValue.read(from: "\(folder.path)/deep/config.json")["layers"]?.int == 4)
    let bad = try folder.file("bad.json", "{")
    #expect(faultMessage { _ = try JSONValue.read(from: bad) }.hasPrefix("bad.json: expected JSON"))
  }
}
