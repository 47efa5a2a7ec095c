import Testing

@testable import Tasks

@Suite struct ByteAlphabetTests {
  @Test func isGPT2s() {
    #expect(ByteAlphabet.text([0x20, 0x61, 0x0A, 0x00, 0xFF, 0xAD]) == "ĠaĊĀÿŃ")
    #expect(Set(ByteAlphabet.scalars).count == 256)
    #expect(ByteAlphabet.bytesInOrder.first == UInt8(ascii: "!"))
    #expect(ByteAlphabet.bytesInOrder.last == 0xAD)
  }

  @Test func spellsEveryByte() {
    let all = (0...255).map { UInt8($0) }
    #expect(ByteAlphabet.bytes(ByteAlphabet.text(all)) == all)
    #expect(ByteAlphabet.bytes("a b") == nil)
  }
}
