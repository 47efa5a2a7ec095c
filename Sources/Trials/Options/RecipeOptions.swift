import LuaBindings
import Notation

/// The options of a recipe, read from the words of a command line.
///
/// `--name value`, `--name=value`; a switch may stand alone, and `--no-name` turns one off. Names
/// may be written with hyphens or underscores.
struct RecipeOptions {
  /// A method that a recipe lets its user choose; its parameters become options too.
  struct MethodOption {
    let name: String
    let parameters: [ParameterDeclaration]
  }

  private(set) var values: [String: ParameterValue] = [:]
  /// Names that were given, in order.
  private(set) var given: [String] = []

  /// Reads words against declarations.
  ///
  /// - Throws: `OptionError` for an unknown name, with the nearest, a missing or a bad value.
  init(_ words: [String], _ declarations: [ParameterDeclaration], recipe: String) throws {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--"), word.count > 2 else {
        throw OptionError("\(recipe): expected an option such as --seed, got \"\(word)\"")
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts[0].replacing("-", with: "_")
      let (declaration, negated) = try RecipeOptions.find(name, declarations, recipe)
      let value: ParameterValue
      if declaration.kind == .flag {
        let text = parts.count > 1 ? parts[1] : "true"
        guard let flag = Bool(text) else {
          throw OptionError("\(recipe): --\(parts[0]) takes true or false, got \"\(text)\"")
        }
        value = .flag(negated ? !flag : flag)
      } else {
        guard let text = parts.count > 1 ? parts[1] : rest.popFirst() else {
          throw OptionError(
            "\(recipe): --\(parts[0]) needs a value, \(declaration.domain)")
        }
        do {
          value = try declaration.parse(text)
        } catch let error as DeclarationError {
          throw OptionError("\(recipe): --\(error.description)")
        }
      }
      values[declaration.name] = value
      if !given.contains(declaration.name) { given.append(declaration.name) }
    }
    for declaration in declarations where values[declaration.name] == nil {
      values[declaration.name] = declaration.fallback
    }
  }

  private static func find(
    _ name: String, _ declarations: [ParameterDeclaration], _ recipe: String
  ) throws -> (ParameterDeclaration, negated: Bool) {
    if let found = declarations.first(where: { $0.name == name }) { return (found, false) }
    if name.hasPrefix("no_"),
      let found = declarations.first(where: { $0.name == name.dropFirst(3) && $0.kind == .flag })
    {
      return (found, true)
    }
    let known = declarations.map { "--" + $0.name.replacing("_", with: "-") }
    let spelled = "--" + name.replacing("_", with: "-")
    throw OptionError(
      "\(recipe) has no option \(spelled)\(NearestName.hint(spelled, in: known)); it has "
        + known.sorted().joined(separator: " "))
  }
}

/// Options that make no sense; the command was used wrongly.
public struct OptionError: Error, CustomStringConvertible {
  /// What was given and what was expected.
  public let description: String

  init(_ description: String) { self.description = description }
}
