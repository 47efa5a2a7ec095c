import Notation
import Testing

@testable import Ablation

@Suite struct SearchRangeTests {
  @Test func placesBecomeValues() throws {
    let wide = try SearchRange(.logUniform, 1e-4, 1)
    #expect(abs(try #require(wide.value(at: 0.5).double) - 0.01) < 1e-12)
    #expect(abs(try #require(wide.value(at: 0).double) - 1e-4) < 1e-16)
    let whole = try SearchRange(.integer, 1, 4)
    #expect([0, 0.24, 0.26, 0.99, 1].map { whole.value(at: $0) } == [1, 1, 2, 4, 4])
    let choice = try SearchRange(choices: ["a", true])
    #expect([0, 0.49, 0.5, 1].map { choice.value(at: $0) } == ["a", "a", true, true])
    #expect(try SearchRange(.uniform, -1, 1).value(at: 0.75) == .number(0.5))
  }

  @Test func emptyRangesAreRefused() {
    #expect(throws: (any Error).self) { try SearchRange(.uniform, 1, 1) }
    #expect(throws: (any Error).self) { try SearchRange(.logUniform, -1, 1) }
    #expect(throws: (any Error).self) { try SearchRange(choices: []) }
  }

  @Test(arguments: [
    ("3", [1, 2, 3]), ("2..4", [2, 3, 4]), ("7,2", [7, 2]), ("5,", [5]), ("4..2", nil),
    ("a", nil), ("0", nil), ("1,1", nil),
  ])
  func seedsOfACommandLine(_ text: String, _ seeds: [Int]?) {
    #expect(SeedText.read(text) == seeds)
  }

  @Test func numbersForPeople() {
    #expect(ValueText.short(0.00001) == "1e-5")
    #expect(ValueText.short(0.158114) == "0.1581")
    #expect(ValueText.short(3.0) == "3")
    #expect(ValueText.short("./folder/mine.lua") == "mine")
    #expect(ValueText.duration(0.012) == "12 ms")
    #expect(ValueText.duration(3725) == "1:02:05")
  }
}
