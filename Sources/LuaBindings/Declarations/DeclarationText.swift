import LuaRuntime

/// Declarations as a prompt shows them: `pairwise loss (beta = 0.1, label_smoothing = 0.0)`.
enum DeclarationText {
  static var function: NativeFunction {
    .general("__tostring") { call in [.string(describe(call[0]))] }
  }

  static func describe(_ value: LuaValue) -> String {
    guard let table = value.tableValue, let name = table.className else { return value.typeName }
    if name == ParameterFunctions.className { return parameter(table) }
    guard let declaration = try? MethodDeclaration(value) else { return name }
    let values = declaration.parameters.map { "\($0.name) = \($0.fallback)" }
    let kind = table["kind"].stringValue.map { "\($0) " } ?? ""
    let title = name.replacing("_", with: " ")
    return "\(kind)\(title) (\(values.joined(separator: ", ")))"
  }

  private static func parameter(_ table: LuaTable) -> String {
    guard let declared = try? ParameterDeclaration(name: "it", table) else { return "parameter" }
    return "\(declared.domain), \(declared.fallback) unless given"
  }
}
