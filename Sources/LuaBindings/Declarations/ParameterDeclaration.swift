import LuaRuntime
import Notation

/// The value of a method's parameter.
public enum ParameterValue: Sendable, Equatable, CustomStringConvertible {
  /// Real: an input of compiled plans.
  case number(Double)
  /// Part of a plan's key, as flags and texts are.
  case integer(Int)
  case flag(Bool)
  case text(String)
  /// Anything else that a script gave where a text stands for it, such as a table of ratings.
  case other(LuaValue)

  public var description: String {
    switch self {
    case .number(let number): String(number)
    case .integer(let integer): String(integer)
    case .flag(let flag): String(flag)
    case .text(let text): text
    case .other(let value): value.typeName
    }
  }
}

/// A parameter that a method declares: `beta = pg.positive(0.1, { 0.01, 1 })`.
public struct ParameterDeclaration: Sendable, Equatable {
  /// What values it takes.
  public enum Kind: Sendable, Equatable {
    case positive
    case interval(Double, Double)
    case number
    case integer
    case choice([String])
    case flag
    case text
  }

  /// As scripts and the command line spell it.
  public let name: String
  /// What values it takes.
  public let kind: Kind
  /// The value where none is given.
  public let fallback: ParameterValue
  /// Where a search should look, in the parameter's own unit.
  public let search: ClosedRange<Double>?

  /// Declares a parameter; see the functions of `perigee` for how scripts do.
  public init(
    name: String, kind: Kind, fallback: ParameterValue, search: ClosedRange<Double>? = nil
  ) {
    self.name = name
    self.kind = kind
    self.fallback = fallback
    self.search = search
  }

  /// Whether it is a real number, so that one plan serves every value.
  public var isReal: Bool {
    switch kind {
    case .positive, .interval, .number: true
    default: false
    }
  }

  /// What it takes, for errors and help: `a number > 0`.
  public var domain: String {
    switch kind {
    case .positive: "a number > 0"
    case .interval(let low, let high): "a number in [\(low), \(high)]"
    case .number: "a number"
    case .integer: "an integer"
    case .choice(let names): "one of " + names.joined(separator: ", ")
    case .flag: "true or false"
    case .text: "a string"
    }
  }

  /// The value as the parameter takes it.
  ///
  /// - Throws: `DeclarationError` with the value and what was expected.
  public func accept(_ value: ParameterValue) throws -> ParameterValue {
    switch (kind, value) {
    case (.positive, .number(let number)) where number > 0 && number.isFinite: return value
    case (.interval(let low, let high), .number(let number)) where low <= number && number <= high:
      return value
    case (.number, .number(let number)) where number.isFinite: return value
    case (.integer, .integer), (.flag, .flag), (.text, .text), (.text, .other): return value
    case (.choice(let names), .text(let text)):
      if names.contains(text) { return value }
      throw DeclarationError(
        "\(name) must be \(domain), got \"\(text)\"\(NearestName.hint(text, in: names))")
    case (_, .integer(let integer)) where isReal: return try accept(.number(Double(integer)))
    case (.integer, .number(let number)):
      if let integer = Int(exactly: number) { return .integer(integer) }
    default: break
    }
    throw DeclarationError("\(name) must be \(domain), got \(value)")
  }

  /// The value of a word of a command line.
  ///
  /// - Throws: `DeclarationError` with the word and what was expected.
  public func parse(_ word: String) throws -> ParameterValue {
    switch kind {
    case .positive, .interval, .number:
      guard let number = Double(word) else { break }
      return try accept(.number(number))
    case .integer:
      guard let integer = Int(word) else { break }
      return .integer(integer)
    case .flag:
      guard let flag = Bool(word) else { break }
      return .flag(flag)
    case .choice, .text: return try accept(.text(word))
    }
    throw DeclarationError("\(name) must be \(domain), got \"\(word)\"")
  }
}

/// A declaration, or a use of one, that makes no sense.
public struct DeclarationError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and what was expected.
  public let description: String

  /// - Parameter description: what was wrong, with what was expected.
  public init(_ description: String) { self.description = description }
}

extension [ParameterDeclaration] {
  /// A value for every parameter: those given, checked, and the fallbacks of the others.
  ///
  /// - Throws: `DeclarationError` for an unknown name, with the nearest, or a bad value.
  public func resolve(
    _ given: [String: ParameterValue]
  ) throws -> [String: ParameterValue] {
    for name in given.keys.sorted() where !contains(where: { $0.name == name }) {
      let known = map(\.name)
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      throw DeclarationError(
        "there is no parameter \"\(name)\"\(NearestName.hint(name, in: known)); "
          + "parameters are \(list)")
    }
    var result: [String: ParameterValue] = [:]
    for parameter in self {
      result[parameter.name] =
        try given[parameter.name].map(parameter.accept)
        ?? parameter.fallback
    }
    return result
  }
}
