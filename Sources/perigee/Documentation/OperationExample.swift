import Foundation
import LuaBindings
import LuaRuntime
import TensorCore

/// A call of an operation that works, found by trying, with what it gives, and calls that do not.
struct OperationExample {
  /// The call as a script writes it.
  let call: String
  /// What it prints.
  let result: String
  /// What goes in and comes out: `x [2, 3], axes 1 -> float32 [3]`.
  let shapes: String
  /// Errors that mistakes give, in its own words.
  let errors: [String]
  /// The graph that the call makes, a line a node.
  let graph: [String]

  /// Tries calls in a state of their own, so that nothing of a session's changes.
  ///
  /// - Parameters:
  ///   - operation: a public one.
  ///   - session: whose values nobody misses.
  init?(_ operation: TensorCore.Operation, in session: ScriptSession) {
    guard
      let arguments = Self.combinations(operation).first(where: { arguments in
        (try? Self.run(operation, arguments.map(\.text), session)) != nil
      })
    else { return nil }
    let texts = arguments.map(\.text)
    guard let results = try? Self.run(operation, texts, session) else { return nil }
    call = Self.call(operation, texts)
    result = results.map(\.text).joined(separator: "\n")
    let given = arguments.compactMap { argument in
      argument.shape.map { "\(argument.name) \($0)" }
    }
    let outcome = results.map(\.shape).joined(separator: ", ")
    shapes = (given.isEmpty ? "" : given.joined(separator: ", ") + " -> ") + outcome
    errors = Self.errors(operation, arguments, session)
    graph = results.first?.graph ?? []
  }

  /// An argument as source, and its shape where it is a tensor.
  struct Argument {
    let name: String
    let text: String
    let shape: String?
    let kind: Parameter.Kind
  }

  // MARK: Choosing arguments

  /// Some choices of values for the parameters that must be given, then for all of them.
  private static func combinations(_ operation: TensorCore.Operation) -> [[Argument]] {
    combinations(operation.parameters.filter { !$0.isOptional }, operation.domain)
      + combinations(operation.parameters, operation.domain)
  }

  private static func combinations(
    _ parameters: [Parameter], _ domain: Domain
  ) -> [[Argument]] {
    var lists: [[Argument]] = [[]]
    for (place, parameter) in parameters.enumerated() {
      let choices = choices(parameter, place, domain)
      lists = lists.flatMap { list in choices.map { list + [$0] } }
      // Enough to find one that works; the likelier come first.
      lists = Array(lists.prefix(600))
    }
    return lists
  }

  private static func choices(
    _ parameter: Parameter, _ place: Int, _ domain: Domain
  ) -> [Argument] {
    func plain(_ texts: String...) -> [Argument] {
      texts.map { Argument(name: parameter.name, text: $0, shape: nil, kind: parameter.kind) }
    }
    switch parameter.kind {
    case .tensor:
      return tensors(place, domain).map { text, shape in
        Argument(name: parameter.name, text: text, shape: shape, kind: .tensor)
      }
    case .tensors: return plain("{ pg.ones(2), pg.zeros(2) }", "{ pg.eye(2), pg.ones(2, 2) }")
    case .axis, .axes: return plain("1", "-1")
    case .shape: return plain("{3, 2}", "{2, 3}", "{6}")
    case .integer: return plain("2", "1", "3")
    case .integers: return plain("{1, 1}", "2", "1", "{2, 1}")
    case .number: return plain("0.5", "2")
    case .flag: return plain("true")
    case .text: return plain("\"ij,jk->ik\"", "\"mean\"", "\"float64\"")
    }
  }

  /// Tensors that suit a domain, the likeliest first.
  private static func tensors(_ place: Int, _ domain: Domain) -> [(String, String)] {
    let matrix = ("pg.tensor{{1, 2, 3}, {4, 5, 6}}", "[2, 3]")
    let others: [(String, String)] = [
      ("pg.tensor{{0.5, 0.25}, {0.5, 0.75}}", "[2, 2]"), ("pg.tensor{0.5, 0.25}", "[2]"),
      ("pg.tensor({1, 2}, \"int64\")", "[2]"), ("pg.tensor({{1, 2}, {2, 1}}, \"int64\")", "[2, 2]"),
      ("pg.tensor{true, false}", "[2]"), ("pg.tensor{{true, false}, {false, true}}", "[2, 2]"),
      ("pg.tensor(0.5)", "[]"), ("pg.ones(1, 2, 2, 2)", "[1, 2, 2, 2]"),
      ("pg.ones(2, 2, 2)", "[2, 2, 2]"),
    ]
    switch domain {
    case .real:
      return [(place == 0 ? "pg.tensor{-1, 0.5, 2}" : "pg.tensor{2, 1, -0.5}", "[3]"), matrix]
        + others
    case .positive: return [("pg.tensor{0.5, 1, 2}", "[3]"), matrix] + others
    case .interval(let low, let high):
      let list = [0.25, 0.5, 0.75].map {
        String(format: "%.4g", low + $0 * (high - low))
      }
      return [("pg.tensor{\(list.joined(separator: ", "))}", "[3]")] + others
    case .truth: return [("pg.tensor{true, false, true}", "[3]")] + others
    case .none: return [matrix] + others
    }
  }

  private static func call(_ operation: TensorCore.Operation, _ arguments: [String]) -> String {
    "pg.\(operation.name)(\(arguments.joined(separator: ", ")))"
  }

  // MARK: Running

  private struct Outcome {
    let text: String
    let shape: String
    let graph: [String]
  }

  private static func run(
    _ operation: TensorCore.Operation, _ arguments: [String], _ session: ScriptSession
  ) throws -> [Outcome] {
    let source = "local pg = require \"perigee\" return " + call(operation, arguments)
    let results = try session.lua.run(source, chunkName: "=example")
    return try session.holding {
      try results.map { value in
        guard let tensor = session.tensor(value) else {
          return Outcome(text: "\(value)", shape: value.typeName, graph: [])
        }
        let held = Handle(tensor)
        defer { withExtendedLifetime(held) {} }
        let lines = try session.graph.compile(outputs: [tensor]).graphLines
        let text = try tensor.withBytes { bytes in
          TensorText.page(tensor.shape, tensor.dtype, columns: 80) {
            tensor.dtype.number(bytes, at: $0)
          }
        }
        return Outcome(text: text, shape: "\(tensor.dtype.name) \(tensor.shape)", graph: lines)
      }
    }
  }

  /// What some likely mistakes give: other types, shapes that do not fit, an axis too many.
  private static func errors(
    _ operation: TensorCore.Operation, _ arguments: [Argument], _ session: ScriptSession
  ) -> [String] {
    let isTensor = arguments.map { $0.kind == .tensor }
    var attempts: [[String]] = []
    let texts = arguments.map(\.text)
    for (place, argument) in arguments.enumerated() {
      func replaced(_ text: String) -> [String] {
        var copy = texts
        copy[place] = text
        return copy
      }
      switch argument.kind {
      case .tensor:
        attempts.append(replaced("pg.ones(5, 7, { dtype = \"float64\" })"))
        if isTensor.count(where: { $0 }) > 1 { attempts.append(replaced("pg.ones(5, 7)")) }
        attempts.append(replaced("pg.tensor{true, false, true}"))
      case .axis, .axes: attempts.append(replaced("9"))
      default: attempts.append(replaced("\"text\""))
      }
    }
    attempts +=
      operation.parameters.contains { [.axis, .axes].contains($0.kind) && $0.isOptional }
      ? [texts + ["9"]] : []
    attempts.append([])
    var found: [String] = []
    for attempt in attempts {
      do {
        _ = try run(operation, attempt, session)
      } catch {
        let message = (error as? LuaError)?.message ?? "\(error)"
        if !found.contains(message), found.count < 3 { found.append(message) }
      }
    }
    return found
  }
}
