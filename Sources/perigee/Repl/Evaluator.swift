import LuaBindings
import LuaRuntime

/// Runs what is typed at a prompt.
final class Evaluator {
  /// What a piece of input is.
  enum Input {
    /// Can be run; an expression prints its value unless it is silent.
    case ready(Piece)
    /// Goes on in the next line.
    case incomplete
    /// Cannot be read, and why.
    case wrong(String)
  }

  /// Input that can be run.
  struct Piece {
    let function: LuaFunction
    /// What its `local` statements declare.
    let names: [String]
    let isExpression: Bool
    let isSilent: Bool
    /// Without `=` before and `;` behind.
    let text: String
  }

  /// A value of the session, for help.
  struct Value {
    let type: String
    let text: String
    /// For functions: the source's name and the lines.
    let chunkName: String?
    let lines: ClosedRange<Int>?
  }

  private let lua: LuaState
  private let functions: [String: LuaFunction]

  /// Prepares a session's prompt, which shows values as the host says.
  init(_ session: ScriptSession, _ host: PromptHost) throws {
    lua = session.lua
    let prompt = try lua.run(
      PromptScript.source, chunkName: "=" + PromptScript.name, arguments: [host.table()])
    var functions: [String: LuaFunction] = [:]
    for field in prompt.first?.tableValue?.fields ?? [] {
      if let name = field.key.stringValue { functions[name] = field.value.functionValue }
    }
    self.functions = functions
  }

  /// Reads what was typed: as an expression, else as statements. Errors call it `name`.
  func read(_ text: String, name: String) throws -> Input {
    let body = Expression(text)
    let asExpression = try compile("return " + body.text, name)
    if case .success(let function) = asExpression {
      return .ready(
        Piece(
          function: function, names: [], isExpression: true, isSilent: body.isSilent,
          text: body.text))
    }
    let statements = LocalStatements(text)
    switch try compile(statements.source, name) {
    case .success(let function):
      return .ready(
        Piece(
          function: function, names: statements.names, isExpression: false, isSilent: true,
          text: text))
    case .failure(let error):
      if case .failure(let other) = asExpression, other.isAtEnd { return .incomplete }
      return error.isAtEnd ? .incomplete : .wrong(error.message)
    }
  }

  /// Runs input, prints what it gives, and keeps its first value as `_` and `_number`.
  ///
  /// - Throws: `LuaError`.
  func run(_ piece: Piece, number: Int) throws {
    for name in piece.names { _ = try call("declare", [.string(name)]) }
    _ = try call(
      "evaluate", [.function(piece.function), .integer(number), .boolean(piece.isSilent)])
  }

  /// Whether a text is an expression.
  func isExpression(_ text: String) throws -> Bool {
    if case .success = try compile("return " + text, "?") { return true }
    return false
  }

  /// Forgets the names of the session.
  func reset() throws { _ = try call("reset", []) }

  /// What a name or a path of fields stands for; nil for anything else. Nothing is called.
  func value(_ path: String) throws -> Value? {
    guard let words = Self.words(path) else { return nil }
    let results = try call("value", words.map(LuaValue.string))
    guard results.first == .boolean(true), results.count >= 3 else { return nil }
    var lines: ClosedRange<Int>?
    if results.count == 6, let first = results[4].integerValue, let last = results[5].integerValue,
      0 < first, first <= last
    {
      lines = first...last
    }
    return Value(
      type: results[1].stringValue ?? "", text: results[2].stringValue ?? "",
      chunkName: results.count > 3 ? results[3].stringValue : nil, lines: lines)
  }

  // MARK: What there is, for completion

  /// What a value is and the names it has; `functions` are those that can be called.
  struct Fields {
    var kind = "nil"
    var all: [String] = []
    var functions: [String] = []
  }

  /// All variables.
  func names() -> [String] { (try? call("names", []))?.first.map(Self.strings) ?? [] }

  /// The fields of what a path of names stands for.
  func fields(_ path: [String]) -> Fields {
    guard let results = try? call("fields", path.map(LuaValue.string)), results.count == 3 else {
      return Fields()
    }
    return Fields(
      kind: results[0].stringValue ?? "nil", all: Self.strings(results[1]),
      functions: Self.strings(results[2]))
  }

  /// The names of a declaration's parameters.
  func parameters(_ path: [String]) -> [String] {
    (try? call("parameters", path.map(LuaValue.string)))?.first.map(Self.strings) ?? []
  }

  private static func strings(_ value: LuaValue) -> [String] {
    value.tableValue?.items.compactMap(\.stringValue) ?? []
  }

  /// The names in `a.b.c`, or nil.
  private static func words(_ path: String) -> [String]? {
    let words = path.split(separator: ".", omittingEmptySubsequences: false)
    let isPath = words.allSatisfy { word in
      !word.isEmpty && word.utf8.allSatisfy { LuaTokens.isWord($0) }
    }
    return isPath ? words.map(String.init) : nil
  }

  private struct SyntaxError: Error {
    let message: String
    /// Whether more input could make it right.
    var isAtEnd: Bool { message.hasSuffix("<eof>") }
  }

  private func compile(
    _ text: String, _ name: String
  ) throws -> Swift.Result<LuaFunction, SyntaxError> {
    let results = try call("compile", [.string(text), .string("=" + name)])
    if let function = results.first?.functionValue { return .success(function) }
    let message = results.count > 1 ? results[1].stringValue : nil
    return .failure(SyntaxError(message: message ?? "cannot be read"))
  }

  private func call(_ name: String, _ arguments: [LuaValue]) throws -> [LuaValue] {
    guard let function = functions[name] else {
      throw LuaError(message: "the prompt has no function \(name)")
    }
    return try lua.call(function, arguments)
  }
}

/// Input read as an expression: `=x`, `x`, or `x;`, which prints nothing.
private struct Expression {
  let text: String
  let isSilent: Bool

  init(_ input: String) {
    var body = Substring(input)
    func isSpace(_ character: Character) -> Bool { character.isWhitespace }
    body = body.drop(while: isSpace)
    if body.first == "=" { body = body.dropFirst() }
    while let last = body.last, isSpace(last) { body.removeLast() }
    isSilent = body.last == ";"
    while let last = body.last, last == ";" || isSpace(last) { body.removeLast() }
    text = String(body)
  }
}
