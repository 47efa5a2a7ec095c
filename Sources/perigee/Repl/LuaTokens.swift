/// A word or symbol of Lua source, and where it is.
struct LuaToken: Equatable {
  enum Kind { case name, symbol, literal }

  let kind: Kind
  let text: String
  /// Bytes of the source.
  let range: Range<Int>
}

/// Cuts Lua source into words and symbols; comments and white space are left out.
///
/// It knows no more than is needed to find statements: symbols are single characters.
struct LuaTokens {
  private let bytes: [UInt8]
  private var place = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The tokens of a source.
  static func of(_ source: [UInt8]) -> [LuaToken] {
    var reader = LuaTokens(source)
    var tokens: [LuaToken] = []
    while let token = reader.next() { tokens.append(token) }
    return tokens
  }

  private mutating func next() -> LuaToken? {
    while place < bytes.count {
      let byte = bytes[place]
      if byte <= 32 {
        place += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        skipComment()
      } else {
        return token(from: place, byte)
      }
    }
    return nil
  }

  private mutating func token(from start: Int, _ byte: UInt8) -> LuaToken {
    if Self.isWord(byte) {
      let isNumber = Self.isDigit(byte)
      while place < bytes.count, Self.isWord(bytes[place]) || isNumber && bytes[place] == 46 {
        place += 1
      }
      return make(isNumber ? .literal : .name, start)
    }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      skipString(byte)
      return make(.literal, start)
    }
    if byte == UInt8(ascii: "["), let level = longBracket(at: place) {
      skipLong(level)
      return make(.literal, start)
    }
    place += 1
    return make(.symbol, start)
  }

  private func make(_ kind: LuaToken.Kind, _ start: Int) -> LuaToken {
    LuaToken(
      kind: kind, text: String(decoding: bytes[start..<place], as: UTF8.self),
      range: start..<place)
  }

  private func peek(_ distance: Int) -> UInt8? {
    place + distance < bytes.count ? bytes[place + distance] : nil
  }

  private mutating func skipComment() {
    place += 2
    if let level = longBracket(at: place) { return skipLong(level) }
    while place < bytes.count, bytes[place] != 10 { place += 1 }
  }

  private mutating func skipString(_ quote: UInt8) {
    place += 1
    while place < bytes.count, bytes[place] != quote {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    place = min(place + 1, bytes.count)
  }

  /// The number of `=` between the brackets that begin a long string or comment, or nil.
  private func longBracket(at start: Int) -> Int? {
    guard start < bytes.count, bytes[start] == UInt8(ascii: "[") else { return nil }
    var end = start + 1
    while end < bytes.count, bytes[end] == UInt8(ascii: "=") { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "[") else { return nil }
    return end - start - 1
  }

  private mutating func skipLong(_ level: Int) {
    let equals = [UInt8](repeating: UInt8(ascii: "="), count: level)
    let end = [UInt8(ascii: "]")] + equals + [UInt8(ascii: "]")]
    place += level + 2
    while place < bytes.count, !bytes[place...].starts(with: end) { place += 1 }
    place = min(place + end.count, bytes.count)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
  }
}
