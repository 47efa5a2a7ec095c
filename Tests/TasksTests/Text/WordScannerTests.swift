import Testing

@testable import Tasks

@Suite struct WordScannerTests {
  private func words(_ text: String) -> [String] {
    WordScanner.words(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func wordsTakeOneBlank() {
    #expect(words("a film, 2 hours") == ["a", " film", ",", " 2", " hours"])
    #expect(words("abc123!?x") == ["abc", "123", "!?", "x"])
    #expect(words("") == [])
  }

  @Test func contractionsAreCutOff() {
    #expect(words("don't they'll we've") == ["don", "'t", " they", "'ll", " we", "'ve"])
    #expect(words("I'm he'd you're it's") == ["I", "'m", " he", "'d", " you", "'re", " it", "'s"])
    #expect(words("IT'S o'clock 'r") == ["IT", "'", "S", " o", "'", "clock", " '", "r"])
    #expect(words("'s !'s") == ["'s", " !'", "s"])
  }

  @Test func spaceLeavesItsLastBlankToTheWord() {
    #expect(words("a   b") == ["a", "  ", " b"])
    #expect(words("a\n\nb") == ["a", "\n", "\n", "b"])
    #expect(words("a \n") == ["a", " \n"])
    #expect(words("  ") == ["  "])
    #expect(words("a\u{3000}b") == ["a", "\u{3000}", "b"])
  }

  @Test func knowsOtherScripts() {
    #expect(words("Él 映画は½² 😀") == ["Él", " 映画は", "½²", " 😀"])
    #expect(words("e\u{301}x") == ["e", "\u{301}", "x"])
  }

  @Test func wordsCoverAnyBytes() {
    let bytes = (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 7) }
    #expect(WordScanner.words(bytes).flatMap { $0 } == bytes)
    #expect(WordScanner.words([0x61, 0xC3]) == [[0x61], [0xC3]])
    #expect(WordScanner.words([0xFF, 0xFE, 0x21, 0x61]) == [[0xFF, 0xFE, 0x21], [0x61]])
  }
}
