import LuaBindings
import TensorCore

/// One Python function that computes a formula.
struct PythonFunction {
  /// The function with a blank line above.
  let lines: [String]
  /// Its expressions, to look for what they use.
  let code: String

  /// - Parameters:
  ///   - recording: the formula, its parameters and its state.
  ///   - language: PyTorch or JAX.
  ///   - inputs: paths of the arguments, in order.
  ///   - name: other than the method's.
  ///   - summary: the first line of its documentation.
  /// - Throws: `ExportError` for an operation that has no spelling.
  init(
    _ recording: MethodRecording, _ language: FormulaText.Language, inputs: [String],
    name: String? = nil, summary: String = "Losses of the rows."
  ) throws {
    let names = inputs.map(PythonNames.input)
    if let clash = recording.realParameters.first(where: { names.contains($0.name) }) {
      throw ExportError("the parameter \(clash.name) has the name of an input")
    }
    let plain = inputs.filter { PythonNames.defaults[$0] == nil }
    let reference = recording.inputs.first { plain.contains($0) } ?? plain.first ?? ""
    let text = try FormulaText(
      recording.formula, in: language, reference: PythonNames.input(reference),
      names: PythonNames.leaf)
    code = text.code
    let function = name ?? PythonNames.function(recording.entry.stem)
    var lines = ["", ""]
    if language == .jax { lines.append("@jax.jit") }
    lines += Self.signature(function, recording, inputs)
    lines += Self.documentation(summary, recording, inputs)
    lines += Self.state(recording)
    let sizes = FormulaText.pythonSizes
    if code.contains(sizes.rows) {
      lines.append("    \(sizes.rows) = \(PythonNames.input(reference)).shape[0]")
    }
    if code.contains(sizes.tokens), let (input, factor) = recording.secondSize {
      let half = factor == 1 ? "" : " // \(factor)"
      lines.append("    \(sizes.tokens) = \(PythonNames.input(input)).shape[1]\(half)")
    }
    lines += text.statements.map { "    \($0.name) = \($0.text)" }
    let states = recording.contract?.state.map(\.name) ?? []
    if states.isEmpty {
      lines.append("    return \(text.results[0])")
    } else {
      let entries = zip(states, text.results.dropFirst()).map { "\"\($0)\": \($1)" }
      lines.append("    return \(text.results[0]), {\(entries.joined(separator: ", "))}")
    }
    self.lines = lines
  }

  private static func signature(
    _ name: String, _ recording: MethodRecording, _ inputs: [String]
  ) -> [String] {
    let plain = inputs.filter { PythonNames.defaults[$0] == nil }.map(PythonNames.input)
    var keywords = inputs.compactMap { path in
      PythonNames.defaults[path].map { "\(PythonNames.input(path))=\($0)" }
    }
    keywords += recording.realParameters.map { parameter in
      let value = recording.values[parameter.name]?.description ?? "0.0"
      return "\(PythonNames.leaf(.parameter(parameter.name)))=\(value)"
    }
    if !(recording.contract?.state.isEmpty ?? true) { keywords.append("state=None") }
    let list = plain + (keywords.isEmpty ? [] : ["*"] + keywords)
    let line = "def \(name)(\(list.joined(separator: ", "))):"
    if line.count <= 96 { return [line] }
    var lines = ["def \(name)("]
    lines += PythonNames.wrap(plain, indent: "    ")
    if !keywords.isEmpty { lines += PythonNames.wrap(["*"] + keywords, indent: "    ") }
    return lines + ["):"]
  }

  private static func documentation(
    _ summary: String, _ recording: MethodRecording, _ inputs: [String]
  ) -> [String] {
    var lines = ["    \"\"\"\(summary)", ""]
    for path in inputs {
      lines.append("    \(PythonNames.input(path)): \(PythonNames.meaning(path))")
    }
    for parameter in recording.realParameters {
      let text = recording.entry.header.parameters.first { $0.name == parameter.name }?.text
      lines.append(
        "    \(PythonNames.leaf(.parameter(parameter.name))): \(text ?? parameter.domain)")
    }
    if let state = recording.contract?.state, !state.isEmpty {
      let names = state.map { "\"\($0.name)\"" }.joined(separator: ", ")
      lines.append(
        "    state: what the last call returned as its second result (\(names)), or None")
    }
    return lines + ["    \"\"\""]
  }

  private static func state(_ recording: MethodRecording) -> [String] {
    guard let state = recording.contract?.state, !state.isEmpty else { return [] }
    let entries = state.map { "\"\($0.name)\": \($0.initial)" }.joined(separator: ", ")
    return ["    state = {\(entries)} if state is None else state"]
  }
}
