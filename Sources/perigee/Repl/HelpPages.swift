import Foundation
import LuaBindings
import Methods
import Notation
import TensorCore
import Trials

/// What `?name` and `??name` answer.
struct HelpPages {
  private let session: ScriptSession
  private let catalogue: MethodCatalogue
  private let evaluator: Evaluator
  /// Where examples are run; nothing in it is anybody's.
  private let scratch: ScriptSession?
  private let scratchCatalogue: MethodCatalogue?

  init(_ runner: ScriptRunner, _ evaluator: Evaluator) {
    session = runner.session
    catalogue = runner.catalogue
    self.evaluator = evaluator
    let session = try? ScriptSession()
    scratch = session
    scratchCatalogue = session.flatMap {
      try? MethodCatalogue(runner.catalogue.library, in: $0)
    }
  }

  private func example(_ operation: TensorCore.Operation) -> OperationExample? {
    scratch.flatMap { OperationExample(operation, in: $0) }
  }

  /// The answer to a line that begins with `?`: `?`, `?name` or `??name`.
  ///
  /// `inputs` is what was typed, by chunk name, for the source of functions.
  func page(_ line: String, inputs: [String: String]) throws -> [String] {
    let wantsSource = line.hasPrefix("??")
    let topic = Self.topic(line)
    if topic.isEmpty { return overview() }
    if wantsSource, let source = try source(topic, inputs) { return source }
    if let operation = Catalogue.named(topic), operation.isPublic {
      let page = OperationPage(operation, example(operation))
      return wantsSource ? page.sourceLines(Terminal.output) : page.lines(Terminal.output)
    }
    if let entry = try? catalogue.library.entry(topic) {
      return try MethodPage(entry, catalogue.declaration(topic), catalogue)
        .lines(Terminal.output)
    }
    if let text = LibraryTopics.text[topic] {
      let example = scratch.map { LibraryExamples.lines(topic, in: $0) } ?? []
      let head = example.isEmpty ? [] : [Terminal.output.styled("example", .cyan)]
      return text.split(separator: "\n").map(String.init) + head + example.map { "  " + $0 }
    }
    if let value = try evaluator.value(topic) { return ["\(topic): \(value.type)", value.text] }
    if let value = try evaluator.value("pg." + topic) {
      return ["pg.\(topic): \(value.type)", value.text]
    }
    return ["nothing is called \"\(topic)\"\(NearestName.hint(topic, in: names))"]
  }

  /// The name without question marks, `pg.`, an object before a colon, and `()`.
  static func topic(_ line: String) -> String {
    var text = line.drop { $0 == "?" || $0.isWhitespace }
    while let last = text.last, "?() \t;".contains(last) { text.removeLast() }
    if text.hasPrefix("pg.") { text = text.dropFirst(3) }
    if let colon = text.lastIndex(of: ":") { text = text[text.index(after: colon)...] }
    return String(text)
  }

  private var names: [String] { Self.topics(session, catalogue) }

  /// Everything that there is help on.
  static func topics(_ runner: ScriptRunner) -> [String] {
    topics(runner.session, runner.catalogue)
  }

  private static func topics(_ session: ScriptSession, _ catalogue: MethodCatalogue) -> [String] {
    let library = session.lua.fields(ofLibrary: ScriptSession.libraryName)
    let methods = catalogue.library.entries.flatMap { [$0.name, $0.stem] }
    return Array(Set(library + methods + LibraryTopics.text.keys)).sorted()
  }

  private func overview() -> [String] {
    let operations = Catalogue.operations.filter(\.isPublic).map(\.name)
    let library = session.lua.fields(ofLibrary: ScriptSession.libraryName)
    let others = library.filter { !operations.contains($0) }
    let methods = catalogue.library.entries.map(\.name)
    let terminal = Terminal.output
    func section(_ title: String, _ items: [String]) -> [String] {
      [terminal.styled(title, .cyan)] + Columns.lines(items, terminal.columns)
    }
    return [
      "An expression prints its value, ';' at its end keeps it silent; _ is the last value and",
      "_3 that of input 3. ?name is help, ??name the source. Tab completes, Ctrl-R searches the",
      "history, Ctrl-C stops what runs, a second one ends the session, Ctrl-D or :quit leaves.",
      "",
      terminal.styled("commands", .cyan),
    ] + commands + ["", terminal.styled("all that has help", .bold)]
      + section("operations, also as methods: x:exp()", operations)
      + section("library", others) + section("methods: pg.method(name)", methods)
  }

  private var commands: [String] {
    let heads = ReplCommands.all.map { ":\($0.name) \($0.arguments)" }
    let width = heads.map(\.count).max() ?? 0
    return zip(heads, ReplCommands.all).map { head, command in
      "  " + head + String(repeating: " ", count: width - head.count + 2) + command.summary
    }
  }

  /// The source of a method, or of a function that was typed or read from a file.
  private func source(_ topic: String, _ inputs: [String: String]) throws -> [String]? {
    if let value = try evaluator.value(topic), let chunk = value.chunkName, let lines = value.lines
    {
      return Self.lines(lines, of: inputs[chunk] ?? Self.fileText(chunk))
    }
    guard Catalogue.named(topic) == nil, let entry = try? catalogue.library.entry(topic) else {
      return nil
    }
    return try StandardLibrary.read(entry.path).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
  }

  private static func fileText(_ chunk: String) -> String? {
    guard chunk.hasPrefix("@") else { return nil }
    return try? StandardLibrary.read(String(chunk.dropFirst()))
  }

  private static func lines(_ range: ClosedRange<Int>, of text: String?) -> [String]? {
    guard let all = text?.split(separator: "\n", omittingEmptySubsequences: false),
      range.upperBound <= all.count
    else { return nil }
    return all[(range.lowerBound - 1)..<range.upperBound].map(String.init)
  }
}

/// Words in lines, a comma apart.
enum Columns {
  static func lines(_ words: [String], _ columns: Int) -> [String] {
    var lines: [String] = []
    var line = " "
    for word in words {
      if line.count + word.count + 2 > min(columns, 100) {
        lines.append(line)
        line = " "
      }
      line += " " + word
    }
    return lines + [line]
  }
}
