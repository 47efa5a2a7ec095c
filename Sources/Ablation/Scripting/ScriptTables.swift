import LuaBindings
import LuaRuntime
import Notation

/// The tables that the functions of this module give to scripts, and how they are read back.
enum ScriptTables {
  static let ablation = "ablation"
  static let range = "search_range"
  static let conditional = "conditional"
  static let pruner = "pruner"

  static let all = [ablation, range, conditional, pruner]
}

extension SearchRange {
  /// The range that a script gave: `pg.log_uniform` and its like, or a parameter with a search
  /// range such as `pg.positive(0.1, { 0.01, 1 })`; nil for anything else.
  ///
  /// - Throws: `DeclarationError` for a parameter without one.
  init?(script value: LuaValue, _ name: String) throws {
    guard let table = value.tableValue, let kind = table.className else { return nil }
    switch kind {
    case ScriptTables.range:
      guard let scale = table["scale"].stringValue.flatMap(Scale.init),
        let low = table["low"].numberValue, let high = table["high"].numberValue
      else { throw DeclarationError("ablation: \(name): the range was changed") }
      try self.init(scale, low, high)
    case "parameter": try self.init(ParameterDeclaration(name: name, table))
    default: return nil
    }
  }

  /// Where a search of a declared parameter should look.
  ///
  /// - Throws: `DeclarationError` where its declaration does not say.
  init(_ parameter: ParameterDeclaration) throws {
    switch parameter.kind {
    case .choice(let names): try self.init(choices: names.map(JSONValue.string))
    case .flag: try self.init(choices: [false, true])
    case .interval(let low, let high) where parameter.search == nil:
      try self.init(.uniform, low, high)
    default:
      guard let range = parameter.search else {
        throw DeclarationError(
          "ablation: \(parameter.name) declares no search range; give one, such as "
            + "pg.log_uniform(low, high)")
      }
      let scale: Scale =
        switch parameter.kind {
        case .positive: .logUniform
        case .integer: .integer
        default: .uniform
        }
      try self.init(scale, range.lowerBound, range.upperBound)
    }
  }
}
