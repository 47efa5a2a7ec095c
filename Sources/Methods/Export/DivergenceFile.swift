import LuaBindings
import TensorCore

/// A divergence in another language: f and its score.
struct DivergenceFile {
  let f: MethodRecording
  let score: MethodRecording

  func text(_ language: FormulaText.Language) throws -> String {
    switch language {
    case .torch, .jax: try python(language)
    case .latex: try LaTeXFile(f).text(also: score)
    case .lua: try LuaFile(f).divergence(score: score)
    }
  }

  private func python(_ language: FormulaText.Language) throws -> String {
    let stem = PythonNames.function(f.entry.stem)
    let value = try PythonFunction(
      f, language, inputs: ["ratio"], summary: "f of density ratios.")
    let slope = try PythonFunction(
      score, language, inputs: ["log_ratio"], name: stem + "_score",
      summary: "f' of exp(log_ratio), up to a constant.")
    let preamble = PythonPreamble(
      f, language, doc: "D_f(p, q) is the mean of f(p / q) over q.")
    let lines = preamble.lines(for: value.code + "\n" + slope.code) + value.lines + slope.lines
    return lines.joined(separator: "\n") + "\n"
  }
}
