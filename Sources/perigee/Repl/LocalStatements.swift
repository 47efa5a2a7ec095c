/// Makes `local` at the top of an input last: `local x = 1` becomes `x = 1`, with `x` told to the
/// session as a name of its own.
///
/// Lines and columns stay, so that errors point at what was typed. Variables with `<close>` are
/// left as they are: they end with the input.
struct LocalStatements: Equatable {
  /// The source to compile.
  let source: String
  /// Names that become the session's, in order.
  let names: [String]

  private static let openers: Set = ["function", "do", "if", "repeat"]
  private static let closers: Set = ["end", "until"]

  init(_ text: String) {
    let bytes = Array(text.utf8)
    let tokens = LuaTokens.of(bytes)
    var edits = Edits(bytes)
    var depth = 0
    for (index, token) in tokens.enumerated() where token.kind == .name {
      if Self.openers.contains(token.text) { depth += 1 }
      if Self.closers.contains(token.text) { depth -= 1 }
      if token.text == "local", depth == 0 { edits.open(tokens[index...]) }
    }
    source = edits.result
    names = edits.names
  }

  private struct Edits {
    private var bytes: [UInt8]
    private var insertions: [Int] = []
    private(set) var names: [String] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Rewrites the statement that begins with the first of the tokens, `local`.
    mutating func open(_ tokens: ArraySlice<LuaToken>) {
      guard let first = tokens.first, let second = tokens.dropFirst().first else { return }
      if second.text == "function" {
        guard let name = tokens.dropFirst(2).first, name.kind == .name else { return }
        blank(first.range)
        names.append(name.text)
        return
      }
      guard let list = NameList(tokens.dropFirst()) else { return }
      blank(first.range)
      for range in list.attributes { blank(range) }
      names += list.names
      if !list.hasValues { insertions.append(list.end) }
    }

    private mutating func blank(_ range: Range<Int>) {
      for place in range { bytes[place] = 32 }
    }

    var result: String {
      var text: [UInt8] = []
      var start = 0
      for place in insertions {
        text += bytes[start..<place] + Array(" = nil".utf8)
        start = place
      }
      return String(decoding: text + bytes[start...], as: UTF8.self)
    }
  }

  /// `a, b <const>` and whether `=` follows.
  private struct NameList {
    private(set) var names: [String] = []
    private(set) var attributes: [Range<Int>] = []
    private(set) var end = 0
    let hasValues: Bool

    /// Nil where the list makes no sense or must stay local.
    init?(_ tokens: ArraySlice<LuaToken>) {
      var rest = tokens
      repeat {
        if !names.isEmpty { rest.removeFirst() }
        guard let name = rest.popFirst(), name.kind == .name else { return nil }
        names.append(name.text)
        end = name.range.upperBound
        guard rest.first?.text == "<" else { continue }
        let mark = rest.prefix(3)
        guard mark.count == 3, let open = mark.first, let close = mark.last,
          mark.dropFirst().first?.text == "const"
        else { return nil }
        attributes.append(open.range.lowerBound..<close.range.upperBound)
        end = close.range.upperBound
        rest = rest.dropFirst(3)
      } while rest.first?.text == ","
      hasValues = rest.first?.text == "="
    }
  }
}
