import LuaBindings
import LuaRuntime
import Methods

/// `pg.options`: the options of a recipe, from the command line.
///
///     local o = pg.options {
///       name = "movie-preferences",
///       methods = { loss = "dpo" },
///       options = { seed = pg.integer(1), steps = pg.integer(300) },
///     }
///
/// Each name under `methods` is an option that takes a method's name or file; that method's own
/// parameters become options too, and `o.loss` is `{ name =, params =, declaration = }`.
enum OptionsFunction {
  static func function(_ host: ScriptHost) -> NativeFunction {
    .general("options") { call in
      let table = try OptionTable(call[0], "options", known: ["name", "methods", "options"])
      let recipe = try table.text("name", "recipe")
      let declared = try declarations(table["options"])
      let methods = try chosen(table["methods"], host, declared, recipe)
      let methodNames = methods.map {
        ParameterDeclaration.text(named: $0.option, fallback: $0.method)
      }
      let parameters = methods.flatMap(\.parameters).filter { parameter in
        !declared.contains { $0.name == parameter.name }
      }
      let options = try host.keeping {
        try RecipeOptions(
          host.settings.arguments, declared + methodNames + parameters, recipe: recipe)
      }
      host.recipe = (recipe, options)
      var result = LuaTable()
      for declaration in declared {
        result[declaration.name] = options.values[declaration.name]?.luaValue ?? .nil
      }
      for method in methods {
        var params = LuaTable()
        for parameter in method.parameters {
          params[parameter.name] = options.values[parameter.name]?.luaValue ?? .nil
        }
        result[method.option] = .table(
          LuaTable(["name": .string(method.method), "params": .table(params)]))
      }
      return [.table(result)]
    }
  }

  private static func declarations(_ value: LuaValue) throws -> [ParameterDeclaration] {
    guard let table = value.tableValue else { return [] }
    return try table.names.map { name in
      guard let entry = table[name].tableValue, entry.className == "parameter" else {
        throw DeclarationError("options: \(name) must be a parameter such as pg.integer(1)")
      }
      return try ParameterDeclaration(name: name, entry)
    }
  }

  private struct ChosenMethod {
    let option: String
    let method: String
    let parameters: [ParameterDeclaration]
  }

  /// The methods that the words choose; which they are decides what other options there are.
  private static func chosen(
    _ value: LuaValue, _ host: ScriptHost, _ declared: [ParameterDeclaration], _ recipe: String
  ) throws -> [ChosenMethod] {
    guard let table = value.tableValue else { return [] }
    return try table.names.map { option in
      guard let fallback = table[option].stringValue else {
        throw DeclarationError("options: methods.\(option) must be a method's name")
      }
      let name = lastValue(of: option, host.settings.arguments) ?? fallback
      let declaration = try host.catalogue.declaration(name)
      return ChosenMethod(option: option, method: name, parameters: declaration.parameters)
    }
  }

  private static func lastValue(of option: String, _ words: [String]) -> String? {
    let flag = "--" + option
    var found: String?
    for (index, word) in words.enumerated() {
      if word == flag, index + 1 < words.count { found = words[index + 1] }
      if word.hasPrefix(flag + "=") { found = String(word.dropFirst(flag.count + 1)) }
    }
    return found
  }
}

extension ParameterValue {
  /// The value for a script.
  var luaValue: LuaValue {
    switch self {
    case .number(let number): .number(number)
    case .integer(let integer): .integer(integer)
    case .flag(let flag): .boolean(flag)
    case .text(let text): .string(text)
    case .other(let value): value
    }
  }
}

extension ParameterDeclaration {
  /// An option that takes any string.
  static func text(named name: String, fallback: String) -> ParameterDeclaration {
    ParameterDeclaration(name: name, kind: .text, fallback: .text(fallback), search: nil)
  }
}
