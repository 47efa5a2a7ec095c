import LuaBindings
import LuaRuntime
import TensorCore
import Trials

/// The library as the Lua language server reads it: one `---@meta` file, written from the
/// declarations that help and the library itself are made of.
struct EditorStubs {
  private let lua: LuaState

  init(_ runner: ScriptRunner) { lua = runner.session.lua }

  /// The text of `stubs/perigee.lua`.
  var text: String {
    let parts = [
      Self.head, StubTypes.lines, StubTypes.declarations(), tensor, objects, library,
      ["return pg"],
    ]
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private static let head = [
    "---@meta perigee", "-- Written by perigee init from the program's own declarations.",
    "-- luacheck: ignore",
  ]

  // MARK: Tensors

  private static let signs = [
    ("add", "add"), ("sub", "sub"), ("mul", "mul"), ("div", "div"), ("mod", "remainder"),
    ("pow", "pow"), ("idiv", "floor_divide"),
  ]

  /// The class of tensors: properties, operators, and operations as methods.
  private var tensor: [String] {
    var lines = [
      "---Numbers of one type in an array; a value that never changes.", "---@class Tensor",
      "---@field shape integer[] extents, outermost first",
      "---@field dtype \"float32\"|\"float64\"|\"int64\"|\"bool\"",
      "---@field rank integer number of axes", "---@field count integer number of elements",
      "---@field [integer] Tensor",
    ]
    lines += Self.signs.map { "---@operator \($0.0)(Tensor|number): Tensor" }
    lines += ["---@operator unm: Tensor", "---@operator len: integer", "local Tensor = {}"]
    for operation in Self.operations where operation.parameters.first?.kind == .tensor {
      lines += [""] + Self.function(operation, owner: "Tensor:", skipping: 1)
    }
    let own = Set(Self.operations.map(\.name))
    let kind = lua.handleKinds.first { $0.name == "tensor" }
    for name in (kind?.methods ?? []).sorted() where !own.contains(name) {
      lines += [""] + Self.described(name, owner: "Tensor:")
    }
    return lines
  }

  private static var operations: [Operation] { Catalogue.operations.filter(\.isPublic) }

  // MARK: Objects and functions

  /// Models, tokenizers, preferences, runs: whatever scripts hold that is no tensor.
  private var objects: [String] {
    var lines: [String] = []
    for kind in lua.handleKinds where kind.name != "tensor" {
      let type = StubTypes.className(kind.name)
      lines += lines.isEmpty ? [] : [""]
      lines += ["---@class \(type)"]
      lines += kind.properties.sorted().map { "---@field \($0) any" }
      lines.append("local \(type) = {}")
      for name in kind.methods.sorted() {
        lines += ["", "---@return any", "function \(type):\(name)(...) end"]
      }
    }
    return lines
  }

  private var library: [String] {
    var lines = ["---@class perigee", "local pg = {}"]
    let own = Set(Self.operations.map(\.name))
    for operation in Self.operations {
      lines += [""] + Self.function(operation, owner: "pg.", skipping: 0)
    }
    let fields = lua.fields(ofLibrary: ScriptSession.libraryName)
    for name in fields where !own.contains(name) {
      lines += [""] + Self.described(name, owner: "pg.")
    }
    return lines
  }

  /// An operation, from its row.
  private static func function(
    _ operation: Operation, owner: String, skipping: Int
  ) -> [String] {
    let parameters = operation.parameters.dropFirst(skipping)
    let names = parameters.map { safe($0.name) }
    var lines = ["---\(operation.summary)"]
    lines += parameters.map { parameter in
      let optional = parameter.isOptional ? "?" : ""
      return "---@param \(safe(parameter.name))\(optional) \(StubTypes.type(parameter.kind))"
    }
    lines.append("---@return Tensor")
    lines.append("function \(owner)\(operation.name)(\(names.joined(separator: ", "))) end")
    return lines
  }

  /// A function that help describes by its first line, `pg.full(shape, number [, options])`.
  private static func described(_ name: String, owner: String) -> [String] {
    let help = (LibraryTopics.text[name] ?? "").split(separator: "\n").map(String.init)
    var lines = help.dropFirst().map { "---\($0.drop { $0 == " " })" }
    let signature = StubSignature(help.first ?? "", name: name, isMethod: owner.hasSuffix(":"))
    lines += signature.parameters.map { "---@param \(safe($0.name))\($0.mark) \($0.type)" }
    lines.append("---@return \(StubTypes.result(of: name))")
    let list = signature.parameters.map { safe($0.name) }.joined(separator: ", ")
    return lines + ["function \(owner)\(name)(\(list)) end"]
  }

  private static func safe(_ name: String) -> String {
    ["end", "function", "repeat", "until", "local", "in", "not", "and", "or"].contains(name)
      ? name + "_" : name
  }
}

/// The parameters that the first line of a help text shows.
struct StubSignature {
  struct Parameter: Equatable {
    let name: String
    /// `?` where it may be left out.
    let mark: String
    let type: String
  }

  let parameters: [Parameter]

  /// - Parameters:
  ///   - line: such as `pg.full(shape, number [, { dtype = }])` or `pg.loss { kind =, ... }`.
  ///   - name: the function.
  ///   - isMethod: whether it is called with a colon.
  init(_ line: String, name: String, isMethod: Bool) {
    if !isMethod, MethodDeclaration.Family(rawValue: name) != nil {
      let type = StubTypes.className(name) + "Declaration"
      parameters = [Parameter(name: "declaration", mark: "", type: type)]
      return
    }
    guard let start = line.firstRange(of: name)?.upperBound else {
      parameters = [Parameter(name: "...", mark: "", type: "any")]
      return
    }
    let rest = line[start...].drop { $0 == " " }
    if rest.hasPrefix("{") {
      parameters = [Parameter(name: "options", mark: "", type: "table")]
      return
    }
    guard rest.hasPrefix("(") else {
      parameters = [Parameter(name: "...", mark: "", type: "any")]
      return
    }
    // Lua takes nothing after `...`, which holds all the others too.
    let all = Self.read(rest.dropFirst())
    parameters = Array(all.prefix((all.firstIndex { $0.name == "..." } ?? all.count) + 1))
  }

  /// Words between commas up to the closing bracket; those in square brackets are optional.
  private static func read(_ text: Substring) -> [Parameter] {
    var result: [Parameter] = []
    var word = ""
    var (depth, isOptional, braces) = (1, false, false)
    func finish() {
      var name = word.filter { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
      if braces { name = "options" }
      let isVariadic = name.hasSuffix("...")
      if !name.isEmpty {
        result.append(
          Parameter(
            name: isVariadic ? "..." : name, mark: isOptional && !isVariadic ? "?" : "",
            type: braces ? "table" : "any"))
      }
      (word, braces) = ("", false)
    }
    var curly = 0
    for character in text {
      switch character {
      case "(": depth += 1
      case ")":
        depth -= 1
        if depth == 0 {
          finish()
          return result
        }
      case "{":
        curly += 1
        braces = true
      case "}": curly -= 1
      case "[" where curly == 0:
        finish()
        isOptional = true
      case "]" where curly == 0: finish()
      case "," where curly == 0: finish()
      default: if curly == 0 { word.append(character) }
      }
    }
    finish()
    return result
  }
}
