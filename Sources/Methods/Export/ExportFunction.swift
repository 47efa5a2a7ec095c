import LuaBindings
import LuaRuntime
import Notation
import TensorCore

/// `pg.export(method, format [, parameters])`: a method in another language, as a string.
enum ExportFunction {
  static func function(_ catalogue: MethodCatalogue) -> NativeFunction {
    .general("export") { [weak catalogue] call in
      guard let catalogue else { throw MethodError("export: the library is closed") }
      let language = try FormulaText.Language(word: try call.string(1))
      var parameters: [String: ParameterValue] = [:]
      let given = call[2].tableValue ?? LuaTable()
      for name in given.names { parameters[name] = ParameterValue(given[name]) }
      let export = MethodExport(catalogue)
      let name = try call[0].stringValue ?? catalogue.adopt(call[0])
      return [.string(try export.text(name, to: language, parameters: parameters))]
    }
  }
}

extension FormulaText.Language {
  /// The language a user names.
  ///
  /// - Throws: `ExportError` with the nearest name.
  public init(word: String) throws {
    guard let language = Self(rawValue: word) else {
      let names = Self.allCases.map(\.rawValue)
      throw ExportError(
        "\"\(word)\" is no format\(NearestName.hint(word, in: names)); formats are "
          + names.joined(separator: ", "))
    }
    self = language
  }
}
