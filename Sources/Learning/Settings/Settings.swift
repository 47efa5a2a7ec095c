/// The options of one optimizer or schedule: what was given, checked, over the defaults.
public struct Settings: Sendable, Hashable {
  /// Values in the order of the declarations.
  public private(set) var values: [String: Setting] = [:]

  /// Checks what was given against what is declared.
  ///
  /// - Parameters:
  ///   - given: values by name.
  ///   - declarations: what may be given.
  ///   - owner: whose options these are, for errors, such as `"adamw"`.
  /// - Throws: `LearningError` for an unknown name, naming the nearest, a value of the wrong kind
  ///   or out of range, or a required option left out.
  public init(
    _ given: [String: Setting], declared declarations: [SettingDeclaration], owner: String
  ) throws {
    for name in given.keys.sorted() where !declarations.contains(where: { $0.name == name }) {
      throw LearningError(
        owner,
        unknown: name, kind: "option", among: declarations.map(\.name))
    }
    for declaration in declarations {
      if let value = given[declaration.name] {
        values[declaration.name] = try Settings.checked(value, declaration, owner)
      } else if declaration.isRequired {
        throw LearningError(
          owner, "needs `\(declaration.name)`: \(declaration.summary)")
      } else {
        values[declaration.name] = declaration.defaultValue
      }
    }
  }

  private static func checked(
    _ value: Setting, _ declaration: SettingDeclaration, _ owner: String
  ) throws -> Setting {
    let name = declaration.name
    switch (declaration.defaultValue, value) {
    case (.number, .number(let number)):
      guard declaration.range.contains(number) else {
        throw LearningError(
          owner, "`\(name)` is \(number), expected \(describe(declaration.range))")
      }
    case (.text, .text(let text)):
      guard declaration.choices.isEmpty || declaration.choices.contains(text) else {
        throw LearningError(
          owner, unknown: text, kind: "value of `\(name)`", among: declaration.choices)
      }
    case (.numbers, .numbers), (.flag, .flag): break
    case (.numbers, .number(let number)): return .numbers([number])
    default:
      throw LearningError(
        owner, "`\(name)` is \(value), expected \(declaration.defaultValue.kind)")
    }
    return value
  }

  private static func describe(_ range: ClosedRange<Double>) -> String {
    switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
    case (true, true): "a number from \(range.lowerBound) to \(range.upperBound)"
    case (true, false): "at least \(range.lowerBound)"
    default: "at most \(range.upperBound)"
    }
  }

  /// The number called `name`; NaN for a name that was not declared as one.
  public func number(_ name: String) -> Double {
    if case .number(let number)? = values[name] { return number }
    return .nan
  }

  /// The list called `name`.
  public func numbers(_ name: String) -> [Double] {
    if case .numbers(let list)? = values[name] { return list }
    return []
  }

  /// The switch called `name`.
  public func flag(_ name: String) -> Bool { values[name] == .flag(true) }

  /// The string called `name`.
  public func text(_ name: String) -> String {
    if case .text(let text)? = values[name] { return text }
    return ""
  }
}
