import LuaBindings
import TensorCore

/// A Python module around a loss: a function over arrays and, for PyTorch, a trainer.
struct PythonFile {
  private let recording: MethodRecording
  private let language: FormulaText.Language

  init(_ recording: MethodRecording, _ language: FormulaText.Language) {
    self.recording = recording
    self.language = language
  }

  private var isTorch: Bool { language == .torch }

  func text() throws -> String {
    let function = try PythonFunction(recording, language, inputs: inputs)
    let lines =
      PythonPreamble(recording, language, doc: doc).lines(for: function.code)
      + function.lines
    let trainer = isTorch ? TorchTrainer(recording, inputs)?.lines ?? [] : []
    return (lines + trainer).joined(separator: "\n") + "\n"
  }

  /// The inputs; pairwise losses take the four sums that TRL passes, whether read or not.
  private var inputs: [String] {
    guard recording.contract?.kind == .pairwise else { return recording.inputs }
    let sums = ["log_prob", "ref_log_prob"].flatMap { field in
      ["chosen", "rejected"].map { "\($0).\(field)" }
    }
    return sums + recording.inputs.filter { !sums.contains($0) }
  }

  private var doc: String { "Per-example losses; the caller reduces, usually with .mean()." }
}

/// Docstring, imports and small functions at the top of a Python module.
struct PythonPreamble {
  private let recording: MethodRecording
  private let isTorch: Bool
  private let doc: String

  init(_ recording: MethodRecording, _ language: FormulaText.Language, doc: String) {
    self.recording = recording
    isTorch = language == .torch
    self.doc = doc
  }

  func lines(for code: String) -> [String] {
    var lines = docstring
    if isTorch {
      lines.append("import torch")
      if code.contains("F.") { lines.append("import torch.nn.functional as F") }
    } else {
      lines.append("import jax")
      lines.append("import jax.numpy as jnp")
      if code.contains("lax.") || code.contains("_linear_scan(") {
        lines.append("from jax import lax")
      }
    }
    if code.contains("_tensor(") { lines += Self.tensor }
    if code.contains("_linear_scan(") { lines += isTorch ? Self.torchScan : Self.jaxScan }
    if code.contains("_cumulative_argmax(") { lines += Self.jaxArgmax }
    return lines
  }

  private var docstring: [String] {
    let header = recording.entry.header
    var lines = ["\"\"\"\(header.summary)", ""]
    if !header.formulas.isEmpty {
      lines += header.formulas.map { "    " + $0.replacing("\\", with: "\\\\") } + [""]
    }
    lines += ["\(doc)", "Exported by perigee from \(recording.entry.stem)."]
    for parameter in recording.fixedParameters {
      let value = recording.values[parameter.name]?.description ?? ""
      lines.append("Fixed at export: \(parameter.name) = \(value).")
    }
    lines += recording.formula.notes.map { "Note: \($0)." }
    lines += header.sources.map { "Source: \($0)" }
    return lines + ["\"\"\""]
  }

  private static let tensor = [
    "", "", "def _tensor(number, like):",
    "    return torch.as_tensor(number, dtype=like.dtype, device=like.device)",
  ]

  private static let torchScan = [
    "", "", "def _linear_scan(a, b, reverse):",
    "    \"\"\"h[t] = a[t] h[t-1] + b[t] along the last axis.\"\"\"",
    "    a, b = (a.flip(-1), b.flip(-1)) if reverse else (a, b)",
    "    h, steps = torch.zeros_like(b[..., 0]), []",
    "    for t in range(b.shape[-1]):",
    "        h = a[..., t] * h + b[..., t]", "        steps.append(h)",
    "    result = torch.stack(steps, dim=-1)",
    "    return result.flip(-1) if reverse else result",
  ]

  private static let jaxScan = [
    "", "", "def _linear_scan(a, b, reverse):",
    "    \"\"\"h[t] = a[t] h[t-1] + b[t] along the last axis.\"\"\"",
    "    def join(left, right):",
    "        return left[0] * right[0], right[0] * left[1] + right[1]",
    "    return lax.associative_scan(join, (a, b), reverse=reverse, axis=-1)[1]",
  ]

  private static let jaxArgmax = [
    "", "", "def _cumulative_argmax(x):",
    "    \"\"\"Latest place of the running maximum of the last axis.\"\"\"",
    "    highest = jax.lax.cummax(x, axis=x.ndim - 1)",
    "    place = jnp.broadcast_to(jnp.arange(x.shape[-1]), x.shape)",
    "    return jax.lax.cummax(jnp.where(x == highest, place, 0), axis=x.ndim - 1)",
  ]
}
