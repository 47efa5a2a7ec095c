/// A formula written in another language: statements and results, which a file is made around.
public struct FormulaText: Sendable {
  /// An assignment, in order.
  public struct Statement: Sendable {
    /// The variable.
    public let name: String
    /// What it is given.
    public let text: String
  }

  /// The assignments that results need, in order.
  public let statements: [Statement]
  /// One expression for each output.
  public let results: [String]

  /// The names that stand for the size of the batch in a language.
  public struct SizeNames: Sendable {
    /// The number of rows.
    public let rows: String
    /// The number of tokens a row has room for.
    public let tokens: String
  }

  /// In Python.
  public static let pythonSizes = SizeNames(
    rows: PythonDialect.rowsName, tokens: PythonDialect.tokensName)
  /// In Lua.
  public static let luaSizes = SizeNames(rows: LuaDialect.rowsName, tokens: LuaDialect.tokensName)

  /// Languages of formulas.
  public enum Language: String, Sendable, CaseIterable {
    case torch, jax, latex, lua
  }

  /// Writes a formula.
  ///
  /// - Parameters:
  ///   - formula: what to write.
  ///   - language: in which language.
  ///   - reference: for Python, an array whose type and device others take.
  ///   - names: how leaves are spelled.
  /// - Throws: `ExportError` for an operation that the language cannot spell.
  public init(
    _ formula: Formula, in language: Language, reference: String = "",
    names: @escaping @Sendable (Recording.Name) -> String
  ) throws {
    let writer: FormulaWriter
    switch language {
    case .torch:
      writer = try FormulaWriter(
        formula, PythonDialect(library: .torch, names: names, reference: reference))
    case .jax:
      writer = try FormulaWriter(
        formula, PythonDialect(library: .jax, names: names, reference: reference))
    case .latex: writer = try FormulaWriter(formula, LaTeXDialect(names: names))
    case .lua: writer = try FormulaWriter(formula, LuaDialect(names: names))
    }
    statements = writer.statements.map { Statement(name: $0.name, text: $0.text) }
    results = writer.results.map(\.text)
  }

  /// How mathematics spells a variable: `\\beta`, `u_{\\mathrm{chosen}}`.
  public static func symbol(_ name: String) -> String {
    LaTeXDialect(names: { _ in "" }).variable(name)
  }

  /// All the code there is, to look for names in.
  public var code: String {
    (statements.map(\.text) + results).joined(separator: "\n")
  }
}
