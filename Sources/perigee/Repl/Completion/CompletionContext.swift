/// What is being typed before the cursor.
enum CompletionContext: Equatable {
  /// A variable, such as `pg`.
  case name(String)
  /// A field after a dot.
  case field(of: [String], String)
  /// A method after a colon; the path is empty where an expression stands before it.
  case method(of: [String], String)
  /// A name in the braces of a call; `position` counts the call's arguments from 1.
  case option(of: [String], position: Int, String)
  /// A string, in a call where there is one.
  case string(of: [String], String)
  /// A string between brackets behind a table.
  case key(of: [String], String)
  /// Help: `?name`.
  case topic(String)
  /// A command: `:name`.
  case command(String)
  /// What a command is given.
  case argument(of: String, String)

  /// Reads the text before the cursor, all lines of it.
  init(_ text: String) {
    if text.hasPrefix("?") {
      self = .topic(Self.lastWord(text.drop { $0 == "?" }, of: "/_.-"))
      return
    }
    if text.hasPrefix(":"), !text.hasPrefix("::") {
      self = Self.command(text.dropFirst())
      return
    }
    self = Self.code(text)
  }

  /// The part of the word that is there already.
  var prefix: String {
    switch self {
    case .name(let word), .field(_, let word), .method(_, let word), .option(_, _, let word),
      .string(_, let word), .key(_, let word), .topic(let word), .command(let word),
      .argument(_, let word):
      word
    }
  }

  private static func command(_ text: Substring) -> CompletionContext {
    guard let space = text.firstIndex(of: " ") else { return .command(String(text)) }
    let name = String(text[..<space])
    let rest = text[text.index(after: space)...]
    if ReplCommands.takesCode(name) { return code(String(rest)) }
    return .argument(of: name, lastWord(rest, of: "/_.-"))
  }

  private static func lastWord(_ text: Substring, of others: String) -> String {
    let reversed = text.reversed().prefix { $0.isLetter || $0.isNumber || others.contains($0) }
    return String(reversed.reversed())
  }

  private static func code(_ text: String) -> CompletionContext {
    let bytes = Array(text.utf8)
    var tokens = LuaTokens.of(bytes)[...]
    if let last = tokens.last, let inside = openString(last, bytes) {
      tokens.removeLast()
      return string(tokens, inside)
    }
    var word = ""
    if let last = tokens.last, last.kind == .name, last.range.upperBound == bytes.count {
      word = last.text
      tokens.removeLast()
    }
    if tokens.last?.text == "." {
      return .field(of: path(endingBefore: tokens.dropLast()) ?? [], word)
    }
    if tokens.last?.text == ":" {
      return .method(of: path(endingBefore: tokens.dropLast()) ?? [], word)
    }
    if let (callee, position) = callOfBraces(tokens) {
      return .option(of: callee, position: position, word)
    }
    return .name(word)
  }

  /// The text of a string that does not end, without its quote.
  private static func openString(_ token: LuaToken, _ bytes: [UInt8]) -> String? {
    guard token.kind == .literal, token.range.upperBound == bytes.count,
      let quote = token.text.first, quote == "\"" || quote == "'"
    else { return nil }
    let isClosed = token.text.count > 1 && token.text.last == quote
    return isClosed ? nil : String(token.text.dropFirst())
  }

  private static func string(_ before: ArraySlice<LuaToken>, _ text: String) -> CompletionContext {
    if before.last?.text == "[", let table = path(endingBefore: before.dropLast()) {
      return .key(of: table, text)
    }
    return .string(of: callee(before), text)
  }

  /// The function in whose parentheses or braces the tokens end.
  private static func callee(_ tokens: ArraySlice<LuaToken>) -> [String] {
    // `f "text"` is a call too.
    if let direct = path(endingBefore: tokens) { return direct }
    var rest = tokens
    while let open = openBracket(rest) {
      rest = rest[..<open]
      if let found = path(endingBefore: rest) { return found }
    }
    return []
  }

  /// The function that is given the table in which a key begins, and at which position.
  private static func callOfBraces(
    _ tokens: ArraySlice<LuaToken>
  ) -> (callee: [String], position: Int)? {
    guard let last = tokens.last?.text, ["{", ",", ";"].contains(last),
      let open = openBracket(tokens), tokens[open].text == "{"
    else { return nil }
    let before = tokens[..<open]
    if let direct = path(endingBefore: before) { return (direct, 1) }
    guard let call = openBracket(before), before[call].text == "(",
      let found = path(endingBefore: before[..<call])
    else { return nil }
    return (found, 1 + commas(before[before.index(after: call)...]))
  }

  /// Commas outside all brackets.
  private static func commas(_ tokens: ArraySlice<LuaToken>) -> Int {
    var (depth, count) = (0, 0)
    for token in tokens where token.kind == .symbol {
      if "([{".contains(token.text) { depth += 1 }
      if ")]}".contains(token.text) { depth -= 1 }
      if token.text == ",", depth == 0 { count += 1 }
    }
    return count
  }

  /// The last bracket that is opened and not closed.
  private static func openBracket(_ tokens: ArraySlice<LuaToken>) -> Int? {
    var depth = 0
    for index in tokens.indices.reversed() where tokens[index].kind == .symbol {
      let text = tokens[index].text
      if ")]}".contains(text) { depth += 1 }
      guard "([{".contains(text) else { continue }
      if depth == 0 { return index }
      depth -= 1
    }
    return nil
  }

  /// The names `a.b.c` that the tokens end in; of `a:b` the method alone counts.
  private static func path(endingBefore tokens: ArraySlice<LuaToken>) -> [String]? {
    var names: [String] = []
    var rest = tokens
    while let last = rest.last, last.kind == .name, !LuaTokens.keywords.contains(last.text) {
      names.insert(last.text, at: 0)
      rest.removeLast()
      guard rest.last?.text == "." else {
        return rest.last?.text == ":" ? Array(names.suffix(1)) : names
      }
      rest.removeLast()
    }
    return nil
  }
}

extension LuaTokens {
  static let keywords: Set = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]
}
