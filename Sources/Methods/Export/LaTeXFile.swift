import LuaBindings
import TensorCore

/// A LaTeX article of one page: the formula, its symbols, parameters and source.
struct LaTeXFile {
  private let recording: MethodRecording

  init(_ recording: MethodRecording) { self.recording = recording }

  func text(also score: MethodRecording? = nil) throws -> String {
    let header = recording.entry.header
    let title = header.summary.hasSuffix(".") ? String(header.summary.dropLast()) : header.summary
    var lines = [
      "\\documentclass{article}", "\\usepackage[utf8]{inputenc}", "\\usepackage{amsmath}",
      "\\begin{document}",
      "\\section*{\(Self.escaped(title.isEmpty ? recording.entry.stem : title))}",
    ]
    lines += try equations(recording, score == nil ? ["\\mathcal{L}"] : ["f(\\rho)"])
    if let score { lines += try equations(score, ["f'(e^{r})"]) }
    lines += symbols(score.map { recording.inputs + $0.inputs } ?? recording.inputs)
    lines += recording.formula.notes.map { "\\paragraph{Note} \(Self.escaped($0))." }
    if let source = header.sources.first {
      lines.append("\\paragraph{Source} \(Self.escaped(source))")
    }
    return (lines + ["\\end{document}"]).joined(separator: "\n") + "\n"
  }

  private func equations(_ recording: MethodRecording, _ heads: [String]) throws -> [String] {
    let text = try FormulaText(recording.formula, in: .latex, names: Self.symbol)
    let state = recording.contract?.state.map { "\(Self.symbol(.state($0.name)))^{\\mathrm{new}}" }
    let names = heads + (state ?? [])
    let rows =
      zip(names, text.results).map { ($0, $1) } + text.statements.map { ($0.name, $0.text) }
    let body = rows.enumerated().map { index, row in
      let end = index == rows.count - 1 ? "" : " \\\\"
      return "  \(row.0) &= \(row.1)\(end)"
    }
    return ["\\begin{align*}"] + body + ["\\end{align*}"]
  }

  /// Inputs and parameters, one item each.
  private func symbols(_ inputs: [String]) -> [String] {
    var items = inputs.map { path in
      "  \\item $\(Self.symbol(.input(path)))$: \(Self.meaning(path))"
    }
    items += recording.realParameters.map { parameter in
      let value = recording.values[parameter.name]?.description ?? ""
      let text = recording.entry.header.parameters.first { $0.name == parameter.name }?.text
      return "  \\item $\(Self.symbol(.parameter(parameter.name))) = \(value)$: "
        + Self.escaped(text ?? parameter.domain)
    }
    items += recording.fixedParameters.map { parameter in
      let value = recording.values[parameter.name]?.description ?? ""
      return "  \\item \(Self.escaped(parameter.name)) is \(Self.escaped(value))"
    }
    return items.isEmpty ? [] : ["\\begin{itemize}"] + items + ["\\end{itemize}"]
  }

  /// The symbol of a leaf.
  private static func symbol(_ name: Recording.Name) -> String {
    switch name {
    case .parameter(let name), .state(let name): return FormulaText.symbol(name)
    case .input(let path): return input(path)
    }
  }

  private static func input(_ path: String) -> String {
    let parts = path.split(separator: ".").map(String.init)
    let plain = [
      "label": "c", "margin": "m", "weight": "w", "group": "g", "ratio": "\\rho",
      "log_ratio": "r",
    ]
    guard parts.count == 2 else {
      return plain[path] ?? FormulaText.symbol(parts.joined(separator: "_"))
    }
    let sides = ["chosen": "w", "rejected": "l", "completion": "", "mismatched": "\\circ"]
    let fields = [
      "logratio": "r", "log_prob": "\\ell", "ref_log_prob": "\\bar\\ell", "length": "n",
      "reward": "R", "token_log_probs": "\\ell", "ref_token_log_probs": "\\bar\\ell",
      "mask": "\\mu",
    ]
    guard let side = sides[parts[0]] else { return FormulaText.symbol(parts[1]) }
    guard let field = fields[parts[1]] else {
      return FormulaText.symbol(parts[1]) + (side.isEmpty ? "" : "^{(\(side))}")
    }
    let isWide = LossFields.tokens.contains(parts[1])
    let index = isWide ? (side.isEmpty ? "t" : "\(side),t") : side
    return index.isEmpty ? field : "\(field)_{\(index)}"
  }

  private static func meaning(_ path: String) -> String {
    let parts = path.split(separator: ".").map(String.init)
    let completions = [
      "chosen": "y_w", "rejected": "y_l", "completion": "y", "mismatched": "y_{\\circ}",
    ]
    guard parts.count == 2, let y = completions[parts[0]] else {
      return escaped(PythonNames.meaning(path))
    }
    let policy = "\\pi_\\theta(\(y) \\mid x)"
    let reference = "\\pi_{\\mathrm{ref}}(\(y) \\mid x)"
    switch parts[1] {
    case "logratio": return "$\\log \\frac{\(policy)}{\(reference)}$"
    case "log_prob": return "$\\log \(policy)$"
    case "ref_log_prob": return "$\\log \(reference)$"
    case "length": return "number of tokens of $\(y)$"
    case "token_log_probs": return "$\\log \\pi_\\theta$ of token $t$ of $\(y)$"
    case "ref_token_log_probs": return "$\\log \\pi_{\\mathrm{ref}}$ of token $t$ of $\(y)$"
    case "mask": return "1 where $\(y)$ has a token $t$, else 0"
    case "reward": return "reward of $\(y)$"
    default: return "\(escaped(parts[1])) of $\(y)$"
    }
  }

  /// Text as LaTeX takes it.
  static func escaped(_ text: String) -> String {
    let special: [Character: String] = [
      "\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_",
      "{": "\\{", "}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
      "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}",
    ]
    return text.map { special[$0] ?? String($0) }.joined()
  }
}
