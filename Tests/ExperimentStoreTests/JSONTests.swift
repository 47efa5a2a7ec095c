import Foundation
import Testing

@testable import ExperimentStore

@Suite struct JSONTests {
  @Test func writesFieldsInDeclaredOrder() {
    let value: MetricValue = ["z": 1, "a": [true, false], "m": ["inner": "text"]]
    #expect(JSONText.compact(value) == #"{"z":1,"a":[true,false],"m":{"inner":"text"}}"#)
  }

  @Test func indents() {
    let value: MetricValue = ["a": [1, 2], "empty": [], "none": [:]]
    #expect(
      JSONText.indented(value) == """
        {
          "a": [
            1,
            2
          ],
          "empty": [],
          "none": {}
        }

        """)
  }

  @Test(arguments: [
    (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e300, "1e+300"), (5e-324, "5e-324"),
    (0.1 + 0.2, "0.30000000000000004"), (.nan, "\"NaN\""), (.infinity, "\"Infinity\""),
    (-.infinity, "\"-Infinity\""),
  ])
  func numbersAreShortestAndReadBackAsTheSameBits(value: Double, text: String) throws {
    #expect(JSONText.compact(.number(value)) == text)
    let read = try #require(try JSONParser.parse(text.utf8).double)
    #expect(value.isNaN ? read.isNaN : read.bitPattern == value.bitPattern)
  }

  @Test func randomBitPatternsRoundTrip() throws {
    var generator = ResamplingGenerator(seed: 7)
    for _ in 0..<5000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let read = try JSONParser.parse(JSONText.compact(.number(value)).utf8)
      #expect(read.double?.bitPattern == value.bitPattern)
    }
  }

  @Test func integersStayIntegers() throws {
    for value in [Int64.min, -1, 0, (1 << 53) + 1, .max] {
      let text = JSONText.compact(.integer(value))
      #expect(try JSONParser.parse(text.utf8) == .integer(value))
    }
    #expect(try JSONParser.parse("9223372036854775808".utf8) == .number(9_223_372_036_854_775_808))
  }

  @Test func everyScalarSurvives() throws {
    let text = String(String.UnicodeScalarView((0..<0x300).compactMap(UnicodeScalar.init)))
    let value = MetricValue.string(text + "\u{1F311}é\"\\/\u{2028}")
    let written = JSONText.compact(value)
    #expect(!written.utf8.contains { $0 < 0x20 })
    #expect(try JSONParser.parse(written.utf8) == value)
  }

  @Test func readsEscapes() throws {
    let text = #""\u0041\uD83C\uDF11\b\f\/\n""#
    #expect(try JSONParser.parse(text.utf8) == .string("A\u{1F311}\u{8}\u{C}/\n"))
  }

  @Test(arguments: [
    ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\":1,\"a\":2}", 7), ("null", 0), ("01", 0), ("1.", 2),
    ("1e", 2), ("1e999", 0), ("\"a", 2), ("\"\\x\"", 2), ("\"\\uD800\"", 7), ("{a:1}", 1),
    ("[1 2]", 3), ("tru", 0), ("1 2", 2), ("\"\\u+12f\"", 3), ("-", 0), ("nan", 0),
  ])
  func refusesWithThePosition(text: String, offset: Int) {
    do {
      let value = try JSONParser.parse(text.utf8)
      Issue.record("read \(text) as \(value)")
    } catch {
      #expect(error.offset == offset, "\(text): \(error)")
    }
  }

  @Test func refusesInvalidUTF8AndDeepNesting() {
    #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(throws: JSONError.self) { try JSONParser.parse(deep.utf8) }
  }

  @Test func objectsReplaceAndRemove() {
    var object: MetricObject = ["a": 1, "b": 2]
    object["a"] = 3
    object["c"] = 4.5
    object["b"] = nil
    #expect(object.names == ["a", "c"])
    #expect(object["a"]?.integer == 3)
    #expect(object["a"]?.double == 3)
    #expect(object["c"]?.integer == nil)
    #expect(object["b"] == nil)
  }
}
