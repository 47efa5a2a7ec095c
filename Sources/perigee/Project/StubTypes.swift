import LuaBindings
import TensorCore

/// Types of the editor stubs: what `compute` is given, and what declarations hold.
enum StubTypes {
  /// `language_model` as `LanguageModel`.
  static func className(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// What an operation's parameter takes.
  static func type(_ kind: Parameter.Kind) -> String {
    switch kind {
    case .tensor: "Tensor|number"
    case .tensors: "Tensor[]"
    case .axis, .integer: "integer"
    case .axes, .integers, .shape: "integer|integer[]"
    case .number: "number"
    case .flag: "boolean"
    case .text: "string"
    }
  }

  private static let makers: Set = [
    "tensor", "parameter", "zeros", "ones", "full", "eye", "arange", "linspace", "rand", "randn",
    "to", "stop_gradient",
  ]
  private static let parameters: Set = [
    "positive", "interval", "number", "integer", "choice", "flag", "text",
  ]

  /// What a function of the library gives.
  static func result(of name: String) -> String {
    if makers.contains(name) { return "Tensor" }
    if parameters.contains(name) { return "Parameter" }
    if MethodDeclaration.Family(rawValue: name) != nil { return className(name) }
    switch name {
    case "grad", "value_and_grad", "jit", "scorer": return "function"
    case "export": return "string"
    default: return "any"
    }
  }

  /// The batch and its sides.
  static let lines = [
    "---One completion of each row.", "---@class Side",
    "---@field log_prob Tensor sum of token log-probabilities under the policy [batch]",
    "---@field ref_log_prob Tensor the same under the reference [batch]",
    "---@field logratio Tensor log_prob - ref_log_prob [batch]",
    "---@field length Tensor number of tokens [batch]",
    "---@field token_log_probs Tensor [batch, token]",
    "---@field ref_token_log_probs Tensor [batch, token]",
    "---@field mask Tensor 1 where there is a token, else 0 [batch, token]",
    "---@field reward Tensor [batch], of preference models and groups",
    "---@field [string] Tensor|Side what the loss's needs ask for", "",
    "---What compute is given.", "---@class Batch",
    "---@field chosen Side of pairwise losses", "---@field rejected Side of pairwise losses",
    "---@field completion Side of unpaired, token and group losses",
    "---@field mismatched Side completions of other prompts, where needs.mismatched",
    "---@field label Tensor 1 where desirable, 0 where not [batch]",
    "---@field weight Tensor [batch]", "---@field margin Tensor [batch]",
    "---@field group Tensor which prompt a row belongs to [batch]",
    "---@field mask Tensor which members a group has [group, member]",
    "---@field column table<string, Tensor> numbers of the data [batch]", "",
    "---A parameter that a method declares.", "---@class Parameter",
  ]

  /// The signatures of functions that declarations hold.
  private static let functions = [
    "loss.compute":
      "fun(batch: Batch, p: table, state?: table): Tensor, table?, table?",
    "preference_model.compute": "fun(batch: Batch, p: table): Tensor",
    "reward.compute": "fun(text: string, p: table, prepared?: any): number",
    "reward.prepare": "fun(p: table): any",
    "divergence.f": "fun(ratio: Tensor, p: table): Tensor",
    "divergence.score": "fun(log_ratio: Tensor, p: table): Tensor",
    "schedule.rate": "fun(step: integer, base: number, p: table): number",
    "optimizer.update": "fun(inputs: table, p: table): Tensor, table?",
  ]

  private static let plain = [
    "params": "table<string, Parameter>", "state": "table<string, number>", "needs": "table",
    "reduction": "\"example\"|\"batch\"", "of": "string", "inputs": "table<string, string>",
    "shaped": "boolean",
  ]

  /// One class a family for what is declared, and one for the method that it makes.
  static func declarations() -> [String] {
    MethodDeclaration.Family.allCases.flatMap { family in
      let (name, type) = (family.rawValue, className(family.rawValue))
      var lines = ["---@class \(type)Declaration"]
      for field in family.fields {
        let mark = family.required.contains(field) ? "" : "?"
        lines.append("---@field \(field)\(mark) \(fieldType(name, field))")
      }
      return lines + [
        "", "---@class \(type): \(type)Declaration",
        "---@overload fun(...): any", "",
      ]
    }.dropLast()
  }

  private static func fieldType(_ family: String, _ field: String) -> String {
    if let function = functions["\(family).\(field)"] { return function }
    if family == "loss" && field == "kind" {
      let kinds = LossContract.Kind.allCases.filter { $0 != .preference }
      return kinds.map { "\"\($0.rawValue)\"" }.joined(separator: "|")
    }
    if let type = plain[field] { return type }
    return MethodDeclaration.Family.functions.contains(field) ? "function" : "any"
  }
}
