import Foundation
import Testing

@testable import Tasks

@Suite struct JSONValueTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Data(text.utf8))
  }

  @Test func tellsTheKindsApart() throws {
    let value = try parse(#"{"b": [true, false, 0, 1, -7, 1.5, 1e3, null, "x"], "a": {}}"#)
    #expect(
      value == [
        "a": [:], "b": [true, false, 0, 1, -7, 1.5, 1000.0, nil, "x"],
      ])
    #expect(value["b"]?.elements?.count == 9)
    #expect(value["b"]?.elements?[0].int == nil)
    #expect(value["none"] == nil)
    #expect(try parse("9007199254740993") == .integer(9_007_199_254_740_993))
  }

  @Test func keepsTheOrderOfKeys() {
    let value: JSONValue = ["z": 1, "a": [1, 2], "m": ["k": nil], "e": [], "n": 0.1]
    #expect(value.text() == #"{"z":1,"a":[1,2],"m":{"k":null},"e":[],"n":0.1}"#)
    #expect(
      (["z": 1, "a": [2, [:]]] as JSONValue).text(indent: 2)
        == "{\n  \"z\": 1,\n  \"a\": [\n    2,\n    {}\n  ]\n}")
    #expect(JSONValue.number(.infinity).text() == "null")
  }

  @Test func textComesBack() throws {
    let strange = "\" \\ / \n \r \t \u{0} \u{1F} \u{7F} \u{2028} é 😀"
    #expect(try parse(JSONValue.string(strange).text()) == .string(strange))
    for number in [0.1, -1e-300, 1.7e308, 5e-324, 123456789.25] {
      #expect(try parse(JSONValue.number(number).text()) == .number(number))
    }
  }

  @Test func whatIsNotJSONIsAnError() {
    for text in ["", "{", "[1,,2]", "{} {}", "nul", "{\"a\" 1}", "1 2", "'a'"] {
      #expect(throws: JSONSyntaxError.self, "\(text)") { _ = try parse(text) }
    }
  }

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
