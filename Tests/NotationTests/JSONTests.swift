import Foundation
import Notation
import Testing

@Suite struct JSONTests {
  @Test func writesFieldsInDeclaredOrder() {
    let value: JSONValue = ["z": 1, "a": [true, false], "m": ["inner": "text"]]
    #expect(value.compactText == #"{"z":1,"a":[true,false],"m":{"inner":"text"}}"#)
  }

  @Test func indents() {
    let value: JSONValue = ["a": [1, 2], "empty": [], "none": [:]]
    #expect(
      value.indentedText == """
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
    (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"),
    (0.1 + 0.2, "0.30000000000000004"), (.nan, "\"NaN\""), (.infinity, "\"Infinity\""),
    (-.infinity, "\"-Infinity\""),
  ])
  func numbersAreShortestAndReadBackAsTheSameBits(value: Double, text: String) throws {
    #expect(JSONValue.number(value).compactText == text)
    let read = try #require(try JSONValue(parsing: text.utf8).double)
    #expect(value.isNaN ? read.isNaN : read.bitPattern == value.bitPattern)
  }

  @Test func randomBitPatternsRoundTrip() throws {
    var bits: UInt64 = 7
    for _ in 0..<5000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: bits)
      guard value.isFinite else { continue }
      let read = try JSONValue(parsing: JSONValue.number(value).compactText.utf8)
      #expect(read.double?.bitPattern == value.bitPattern)
    }
  }

  @Test func integersStayIntegers() throws {
    for value in [Int64.min, -1, 0, (1 << 53) + 1, .max] {
      let text = JSONValue.integer(value).compactText
      #expect(try JSONValue(parsing: text.utf8) == .integer(value))
    }
    let tooLong = try JSONValue(parsing: "9223372036854775808".utf8)
    #expect(tooLong == .number(9_223_372_036_854_775_808))
  }

  @Test func everyScalarSurvives() throws {
    let text = String(String.UnicodeScalarView((0..<0x300).compactMap(UnicodeScalar.init)))
    let value = JSONValue.string(text + "\u{1F311}é\"\\/\u{2028}")
    let written = value.compactText
    #expect(!written.utf8.contains { $0 < 0x20 })
    #expect(try JSONValue(parsing: written.utf8) == value)
  }

  @Test func readsEscapes() throws {
    let text = #""\u0041\uD83C\uDF11\b\f\/\n""#
    #expect(try JSONValue(parsing: text.utf8) == .string("A\u{1F311}\u{8}\u{C}/\n"))
  }

  @Test(arguments: [
    ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\":1,\"a\":2}", 7), ("01", 0), ("1.", 2),
    ("1e", 2), ("1e999", 0), ("\"a", 2), ("\"\\x\"", 2), ("\"\\uD800\"", 7), ("{a:1}", 1),
    ("[1 2]", 3), ("tru", 0), ("1 2", 2), ("\"\\u+12f\"", 3), ("-", 0), ("nan", 0),
  ])
  func refusesWithThePosition(text: String, offset: Int) {
    do {
      let value = try JSONValue(parsing: text.utf8)
      Issue.record("read \(text) as \(value)")
    } catch {
      #expect(error.offset == offset, "\(text): \(error)")
    }
  }

  @Test func refusesInvalidUTF8AndDeepNesting() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep.utf8) }
  }

  @Test func tellsTheKindsApart() throws {
    let text = #"{"b": [true, false, 0, 1, -7, 1.5, 1e3, null, "x"], "a": {}}"#
    let value = try JSONValue(parsing: text.utf8)
    #expect(value == ["b": [true, false, 0, 1, -7, 1.5, 1000.0, nil, "x"], "a": [:]])
    #expect(value["b"]?.list?.map(\.kind).last == "a string")
    #expect(value["b"]?.list?[0].int == nil)
    #expect(value["none"] == nil)
    #expect(try JSONValue(parsing: "[null]".utf8).compactText == "[null]")
  }

  @Test func aLargeObjectIsReadQuickly() throws {
    let object = JSONObject(distinct: (0..<50_000).map { ("token \($0)", .integer(Int64($0))) })
    let value = JSONValue.object(object)
    #expect(try JSONValue(parsing: value.compactText.utf8) == value)
  }

  @Test func objectsReplaceAndRemove() {
    var object: JSONObject = ["a": 1, "b": 2]
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
