/// Commands of the prompt: `:time exp(x)`. Each is a short way to call the library function of
/// the same name, into which it is translated.
enum ReplCommands {
  /// How what follows the name is read.
  enum Form {
    /// An expression or statements, timed as a function.
    case body
    /// A function and what it is called with.
    case application
    /// Names, files and expressions.
    case words
  }

  struct Command {
    let name: String
    let arguments: String
    let summary: String
    let form: Form
  }

  static let all = [
    Command(name: "time", arguments: "CODE", summary: "run it once, tell how long", form: .body),
    Command(
      name: "bench", arguments: "CODE", summary: "run it often: median and quartiles", form: .body),
    Command(name: "mem", arguments: "", summary: "memory of Lua and of tensors", form: .words),
    Command(
      name: "grad", arguments: "F X", summary: "the gradient of F at X", form: .application),
    Command(
      name: "plot", arguments: "WHAT...", summary: "losses, functions, tensors, runs",
      form: .words),
    Command(name: "check", arguments: "METHOD", summary: "whether a method is sound", form: .words),
    Command(
      name: "export", arguments: "METHOD FORMAT", summary: "as torch, jax, latex or lua",
      form: .words),
    Command(name: "load", arguments: "FILE", summary: "run a file", form: .words),
    Command(
      name: "reload", arguments: "", summary: "run loaded files and read methods again",
      form: .words),
    Command(
      name: "save", arguments: "FILE", summary: "write the session as a script", form: .words),
    Command(name: "reset", arguments: "", summary: "forget all names of the session", form: .words),
  ]

  static let names = all.map(\.name)

  /// Whether Lua code follows the name.
  static func takesCode(_ name: String) -> Bool {
    all.contains { $0.name == name && $0.form != .words }
  }

  /// A line of the prompt as Lua.
  ///
  /// - Parameters:
  ///   - line: begins with a colon.
  ///   - isExpression: whether a text is one.
  ///   - isVariable: whether a word names something.
  /// - Returns: source that can be compiled.
  /// - Throws: `UsageError` for an unknown command or missing arguments.
  static func lua(
    _ line: String, isExpression: (String) throws -> Bool, isVariable: (String) throws -> Bool
  ) throws -> String {
    let body = line.dropFirst()
    let name = String(body.prefix { !$0.isWhitespace })
    var rest = trimmed(body.dropFirst(name.count))
    guard let command = all.first(where: { $0.name == name }) else {
      throw UsageError(unknown: "command", ":" + name, names.map { ":" + $0 })
    }
    if rest.isEmpty, !command.arguments.isEmpty {
      throw UsageError(":\(name) \(command.arguments): \(command.summary)")
    }
    switch command.form {
    case .body:
      while rest.last == ";" { rest = trimmed(rest.dropLast()) }
      let isValue = try isExpression(rest)
      return "pg.\(name)(function() \(isValue ? "return " : "")\(rest)\nend)"
    case .application: return try application(rest, isExpression)
    case .words:
      let call = "pg.\(name)(\(try words(rest, isExpression, isVariable)))"
      // What is exported is a file's text: it is shown as it is.
      return name == "export" ? "print(\(call))" : call
    }
  }

  /// `F X` or `F, X`: the function is the shortest beginning that is an expression, so that
  /// what follows is one too.
  private static func application(
    _ text: String, _ isExpression: (String) throws -> Bool
  ) throws -> String {
    var ends = text.indices.filter { text[$0] == "," || text[$0].isWhitespace }
    ends.sort()
    for end in ends {
      let function = trimmed(text[..<end])
      let point = trimmed(text[end...].drop { $0 == "," || $0.isWhitespace })
      if try !point.isEmpty && isExpression(function) && isExpression("f(\(point))") {
        return "pg.grad(\(function))(\(point))"
      }
    }
    throw UsageError(":grad F X: a function, a space and where to differentiate it")
  }

  /// Words that name nothing become strings: `:check dpo`. Anything else is Lua.
  private static func words(
    _ text: String, _ isExpression: (String) throws -> Bool,
    _ isVariable: (String) throws -> Bool
  ) throws -> String {
    let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || " _-./~".contains($0) }
    guard isPlain else {
      if try isExpression("f(\(text))") { return text }
      throw UsageError("cannot read \(text)")
    }
    return try parts.map { word in
      try isVariable(word) || Double(word) != nil ? word : "\"\(word)\""
    }.joined(separator: ", ")
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var part = Substring(text)
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return String(part)
  }
}
