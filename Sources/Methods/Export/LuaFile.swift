import LuaBindings
import TensorCore

/// A method's file in Lua again: one formula, without the program that built it.
struct LuaFile {
  private let recording: MethodRecording

  init(_ recording: MethodRecording) { self.recording = recording }

  func text() throws -> String {
    let text = try FormulaText(recording.formula, in: .lua, names: Self.leaf)
    let family = recording.declaration.family
    var lines = header + ["local pg = require \"perigee\"", "", "return pg.\(family.rawValue) {"]
    if let contract = recording.contract, family == .loss {
      lines.append("  kind = \"\(contract.kind.rawValue)\",")
      if contract.reduction == .batch { lines.append("  reduction = \"batch\",") }
    }
    if let contract = recording.contract { lines += Self.needs(contract.needs) }
    lines += parameters
    let state = recording.contract?.state ?? []
    if !state.isEmpty {
      let entries = state.map { "\($0.name) = \($0.initial)" }
      lines.append("  state = { \(entries.joined(separator: ", ")) },")
    }
    lines.append("  compute = function(batch, p\(state.isEmpty ? "" : ", state"))")
    lines += sizes(text.code)
    lines += text.statements.map { "    local \($0.name) = \($0.text)" }
    let updates = zip(state, text.results.dropFirst()).map { "\($0.name) = \($1)" }
    let tail = updates.isEmpty ? "" : ", { \(updates.joined(separator: ", ")) }"
    lines += ["    return \(text.results[0])\(tail)", "  end,", "}"]
    return lines.joined(separator: "\n") + "\n"
  }

  func divergence(score: MethodRecording) throws -> String {
    var lines = header + ["local pg = require \"perigee\"", "", "return pg.divergence {"]
    lines += parameters
    for (name, argument, part) in [("f", "ratio", recording), ("score", "log_ratio", score)] {
      let text = try FormulaText(part.formula, in: .lua, names: Self.leaf)
      lines.append("  \(name) = function(\(argument), p)")
      lines += text.statements.map { "    local \($0.name) = \($0.text)" }
      lines += ["    return \(text.results[0])", "  end,"]
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private static func needs(_ needs: LossContract.Needs) -> [String] {
    let lists = [
      ("models", needs.models), ("contexts", needs.contexts), ("samples", needs.samples),
      ("columns", needs.columns),
    ]
    var parts = lists.filter { !$0.1.isEmpty }.map { name, items in
      "\(name) = { \(items.map { "\"\($0)\"" }.joined(separator: ", ")) }"
    }
    if needs.mismatched { parts.append("mismatched = true") }
    let inputs = needs.side.map { input in
      "\(input.name) = \"\(input.text.dropFirst().dropLast().replacing(",", with: ""))\""
    }
    if !inputs.isEmpty { parts.append("side = { \(inputs.joined(separator: ", ")) }") }
    return parts.isEmpty ? [] : ["  needs = { \(parts.joined(separator: ", ")) },"]
  }

  /// The header of the source, without examples, which call it by its old name.
  private var header: [String] {
    guard let source = try? StandardLibrary.read(recording.entry.path) else {
      return ["--- Exported by perigee."]
    }
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("--") }.map(String.init)
    var isExample = false
    return lines.filter { line in
      if line.hasPrefix("-- @") { isExample = line.hasPrefix("-- @example") }
      return !isExample
    }
  }

  private var parameters: [String] {
    let real = recording.realParameters
    if real.isEmpty { return recording.declaration.family == .loss ? ["  params = {},"] : [] }
    return ["  params = {"] + real.map { "    \($0.name) = \(Self.declaration($0, recording))," }
      + ["  },"]
  }

  private static func declaration(
    _ parameter: ParameterDeclaration, _ recording: MethodRecording
  ) -> String {
    let value = recording.values[parameter.name]?.description ?? parameter.fallback.description
    let search = parameter.search.map { ", { \($0.lowerBound), \($0.upperBound) }" } ?? ""
    switch parameter.kind {
    case .positive: return "pg.positive(\(value)\(search))"
    case .interval(let low, let high): return "pg.interval(\(low), \(high), \(value)\(search))"
    default: return "pg.number(\(value)\(search))"
    }
  }

  private func sizes(_ code: String) -> [String] {
    let names = FormulaText.luaSizes
    let inputs = recording.inputs
    var lines: [String] = []
    if code.contains(names.rows), let first = inputs.first {
      lines.append("    local \(names.rows) = batch.\(first):size(1)")
    }
    if code.contains(names.tokens), let (input, factor) = recording.secondSize {
      let half = factor == 1 ? "" : " // \(factor)"
      lines.append("    local \(names.tokens) = batch.\(input):size(2)\(half)")
    }
    return lines
  }

  private static func leaf(_ name: Recording.Name) -> String {
    switch name {
    case .parameter(let name): "p.\(name)"
    case .state(let name): "state.\(name)"
    case .input(let path): path == "ratio" || path == "log_ratio" ? path : "batch.\(path)"
    }
  }
}
