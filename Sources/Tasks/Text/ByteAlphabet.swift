/// The printable characters that stand for the 256 bytes in byte-level vocabularies.
///
/// GPT-2's convention, which tokenizer files share: bytes that print as Latin-1 characters stand
/// for themselves; the other 68 take the characters from U+0100 on, in byte order.
enum ByteAlphabet {
  /// The character of each byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 256
    return (0..<256).map { (byte: UInt32) in
      if isPrintable(byte), let scalar = Unicode.Scalar(byte) { return scalar }
      defer { next += 1 }
      return Unicode.Scalar(next) ?? "\u{FFFD}"
    }
  }()

  private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
    uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

  /// The bytes ordered by their characters: the order of the first 256 vocabulary entries.
  static let bytesInOrder: [UInt8] = scalars.indices
    .sorted { scalars[$0] < scalars[$1] }.map { UInt8($0) }

  private static func isPrintable(_ byte: UInt32) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
  }

  /// Spells bytes in the alphabet.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: bytes.lazy.map { scalars[Int($0)] })
    return String(text)
  }

  /// The bytes that a text in the alphabet spells, or nil where a character is not in it.
  static func bytes(_ text: String) -> [UInt8]? {
    var found: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = bytes[scalar] else { return nil }
      found.append(byte)
    }
    return found
  }
}
