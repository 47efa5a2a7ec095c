/// Cuts text into the words within which byte pairs are merged, the way GPT-2 does.
///
/// At each place the first of these that fits is taken, as long as it can be:
/// 1. one of `'s 't 're 've 'm 'll 'd`;
/// 2. letters, numbers, or anything else that is neither them nor white space, each with at most
///    one blank before it;
/// 3. white space, without its last character when a word follows.
///
/// It reads bytes, so that any bytes can be encoded; a byte that is not part of valid UTF-8 counts
/// as a symbol.
enum WordScanner {
  private enum Kind {
    case letter, number, space, symbol
  }

  /// Calls a function with the range of every word, in order; together they cover all bytes.
  static func forEachWord(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    var start = 0
    while start < text.count {
      let end = endOfWord(at: start, in: text)
      body(start..<end)
      start = end
    }
  }

  /// The words of a text, as byte strings.
  static func words(_ text: [UInt8]) -> [[UInt8]] {
    var words: [[UInt8]] = []
    text.withUnsafeBufferPointer { text in
      forEachWord(in: text) { words.append(Array(text[$0])) }
    }
    return words
  }

  private static func endOfWord(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    if let end = endOfContraction(at: start, in: text) { return end }
    let (kind, width) = character(at: start, in: text)
    if kind != .space { return endOfRun(of: kind, from: start + width, in: text) }
    if text[start] == UInt8(ascii: " "), start + 1 < text.count {
      let next = character(at: start + 1, in: text)
      if next.kind != .space { return endOfRun(of: next.kind, from: start + 1, in: text) }
    }
    return endOfSpace(at: start, in: text)
  }

  private static func endOfContraction(
    at start: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Int? {
    guard text[start] == UInt8(ascii: "'"), start + 1 < text.count else { return nil }
    switch text[start + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    default: break
    }
    guard start + 2 < text.count else { return nil }
    switch (text[start + 1], text[start + 2]) {
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }

  private static func endOfRun(
    of kind: Kind, from start: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> Int {
    var end = start
    while end < text.count {
      let next = character(at: end, in: text)
      if next.kind != kind { break }
      end += next.width
    }
    return end
  }

  /// The end of white space, before its last character when something follows and others precede.
  private static func endOfSpace(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    var end = start
    var last = start
    while end < text.count {
      let next = character(at: end, in: text)
      if next.kind != .space { return last > start ? last : end }
      last = end
      end += next.width
    }
    return end
  }

  private static func character(
    at start: Int, in text: UnsafeBufferPointer<UInt8>
  ) -> (kind: Kind, width: Int) {
    let byte = text[start]
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
      return (.letter, 1)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return (.number, 1)
    case 0x20, 0x09...0x0D: return (.space, 1)
    case 0x00..<0x80: return (.symbol, 1)
    default: break
    }
    var iterator = text[start..<min(start + 4, text.count)].makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return (.symbol, 1) }
    return (kind(of: scalar), UTF8.width(scalar))
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      .letter
    case .decimalNumber, .letterNumber, .otherNumber: .number
    default: scalar.properties.isWhitespace ? .space : .symbol
    }
  }
}
