import LuaBindings
import TensorCore

/// Writes methods in other languages.
public struct MethodExport {
  private let catalogue: MethodCatalogue

  /// Exports methods of a catalogue.
  public init(_ catalogue: MethodCatalogue) { self.catalogue = catalogue }

  /// The text of a file that computes what the method computes.
  ///
  /// - Parameters:
  ///   - name: a method, or the path of a file.
  ///   - language: in which language.
  ///   - parameters: values other than the defaults; those that are no real number are fixed in
  ///     the file.
  /// - Returns: the text.
  /// - Throws: `ExportError` where the language cannot say it, `MethodError`, `DeclarationError`,
  ///   `LuaError` as loading and running the method throw.
  public func text(
    _ name: String, to language: FormulaText.Language,
    parameters: [String: ParameterValue] = [:]
  ) throws -> String {
    let entry = try catalogue.entry(name)
    return try text(entry, try catalogue.declaration(name), language, parameters)
  }

  /// The text of a file that computes what a declaration without a file computes.
  ///
  /// - Parameters:
  ///   - declaration: of a loss, preference model or divergence.
  ///   - language: in which language.
  /// - Returns: the text.
  /// - Throws: as `text` of a name does.
  public func text(
    of declaration: MethodDeclaration, to language: FormulaText.Language
  ) throws -> String {
    let name = declaration.family.rawValue
    let entry = MethodEntry(name: name, path: "", header: MethodHeader(source: ""))
    return try text(entry, declaration, language, [:])
  }

  private func text(
    _ entry: MethodEntry, _ declaration: MethodDeclaration, _ language: FormulaText.Language,
    _ parameters: [String: ParameterValue]
  ) throws -> String {
    do {
      switch declaration.family {
      case .loss, .preferenceModel:
        let ratios = language == .lua || language == .latex
        let recorder = MethodRecorder(catalogue: catalogue, keepsRatios: ratios)
        return try file(try recorder.loss(entry, declaration, parameters), language)
      case .divergence:
        guard try Divergence(declaration, in: catalogue.session).isGeneratedByF else {
          throw ExportError("it is given by no f; only f-divergences can be exported")
        }
        let recorder = MethodRecorder(catalogue: catalogue)
        let parts = try [false, true].map {
          try recorder.divergence(entry, declaration, score: $0, parameters)
        }
        return try DivergenceFile(f: parts[0], score: parts[1]).text(language)
      default:
        throw ExportError(
          "a \(declaration.family.rawValue) is a program rather than one formula; losses, "
            + "preference models and divergences can be exported")
      }
    } catch let error as ExportError {
      throw ExportError("\(entry.name) cannot be exported to \(language.rawValue): \(error)")
    }
  }

  private func file(
    _ recording: MethodRecording, _ language: FormulaText.Language
  ) throws -> String {
    switch language {
    case .torch, .jax: try PythonFile(recording, language).text()
    case .latex: try LaTeXFile(recording).text()
    case .lua: try LuaFile(recording).text()
    }
  }
}
