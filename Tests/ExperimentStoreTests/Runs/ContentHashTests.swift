import Testing

@testable import ExperimentStore

@Suite struct ContentHashTests {
  /// Test vectors of FIPS 180-4's examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownHashes(text: String, hash: String) {
    #expect(ContentHash.sha256(text.utf8) == hash)
  }

  /// Lengths around the block and padding boundaries give hashes that all differ.
  @Test func paddingBoundaries() {
    let hashes = (50..<140).map { ContentHash.sha256([UInt8](repeating: 0x61, count: $0)) }
    #expect(Set(hashes).count == 90)
    #expect(hashes.allSatisfy { $0.count == 64 })
    let million = [UInt8](repeating: 0x61, count: 1000)
    #expect(
      ContentHash.sha256(million)
        == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3")
  }
}
