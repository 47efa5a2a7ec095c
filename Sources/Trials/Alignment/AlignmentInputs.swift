import LuaBindings
import LuaRuntime
import Notation
import Tasks

/// What a script gives a stage beside policy, reference and data, because the loss needs it.
struct AlignmentInputs {
  /// Frozen models by name.
  var models: [String: LanguageModel] = [:]
  /// Functions of a row to another prompt of its completion.
  var contexts: [String: LuaFunction] = [:]
  /// Functions of a row to another completion of its prompt.
  var samples: [String: LuaFunction] = [:]
  /// Functions of a row and its completion's tokens to a number, or to a list of one a token.
  var side: [String: LuaFunction] = [:]

  /// The options of `run:align` that are not those of every stage.
  static let options = [
    "policy", "reference", "data", "loss", "params", "models", "contexts", "samples", "side",
  ]

  /// Nothing beside.
  init() {}

  /// Reads the options of a call.
  ///
  /// - Throws: `DeclarationError` for anything but tables of models and of functions.
  init(_ options: OptionTable, _ known: ObjectKind<LanguageModel>) throws {
    for (name, value) in try Self.entries(options, "models") {
      guard let model = known.object(value) else {
        throw DeclarationError(
          "align: models.\(name) must be a language model, got \(value.typeName)")
      }
      models[name] = model
    }
    contexts = try Self.functions(options, "contexts")
    samples = try Self.functions(options, "samples")
    side = try Self.functions(options, "side")
  }

  private static func entries(
    _ options: OptionTable, _ option: String
  ) throws -> [(name: String, value: LuaValue)] {
    guard options.has(option) else { return [] }
    guard let table = options[option].tableValue, table.items.isEmpty else {
      throw DeclarationError(
        "align: \(option) must be a table of names, got \(options[option].typeName)")
    }
    return table.names.map { ($0, table[$0]) }
  }

  private static func functions(
    _ options: OptionTable, _ option: String
  ) throws -> [String: LuaFunction] {
    var found: [String: LuaFunction] = [:]
    for (name, value) in try entries(options, option) {
      guard let function = value.functionValue else {
        throw DeclarationError(
          "align: \(option).\(name) must be a function of a row, got \(value.typeName)")
      }
      found[name] = function
    }
    return found
  }

  /// Checks that everything a loss needs is there and nothing else.
  ///
  /// - Throws: `DeclarationError` naming what is missing or not asked for.
  func check(_ loss: MethodLoss, _ set: CompletionSet) throws {
    let needs = loss.contract.needs
    let given: [(String, wanted: [String], given: [String])] = [
      ("models", needs.models, Array(models.keys)),
      ("contexts", needs.contexts, Array(contexts.keys)),
      ("samples", needs.samples, Array(samples.keys)),
    ]
    for (option, wanted, given) in given {
      for name in wanted where !given.contains(name) {
        throw DeclarationError(
          "align: \(loss.name) needs \(option).\(name); give \(option) = { \(name) = "
            + "\(option == "models" ? "a language model" : "function(row) ... end") }")
      }
      try refuse(option, given, wanted, loss)
    }
    let computed = needs.side.map(\.name).filter { !needs.vocab.contains($0) }
    try refuse("side", Array(side.keys), computed, loss)
    for input in needs.side where computed.contains(input.name) && side[input.name] == nil {
      try checkData(input, loss, set)
    }
    let columns = set.columns.keys.sorted()
    for name in needs.columns where !columns.contains(name) {
      let list = columns.isEmpty ? "none" : columns.joined(separator: ", ")
      throw DeclarationError(
        "align: \(loss.name) needs the column \"\(name)\" of the data, which has \(list)")
    }
  }

  private func refuse(
    _ option: String, _ given: [String], _ wanted: [String], _ loss: MethodLoss
  ) throws {
    for name in given.sorted() where !wanted.contains(name) {
      let known = wanted.isEmpty ? "it needs none" : "it needs " + wanted.joined(separator: ", ")
      throw DeclarationError(
        "align: \(loss.name) does not need \(option).\(name)"
          + "\(NearestName.hint(name, in: wanted)); \(known)")
    }
  }

  private func checkData(
    _ input: InputDeclaration, _ loss: MethodLoss, _ set: CompletionSet
  ) throws {
    if !input.isPerToken, set.memberNumbers[input.name] != nil { return }
    let columns = "chosen_\(input.name) and rejected_\(input.name)"
    let alternative =
      input.isPerToken
      ? "" : ", or data with \(set.form == .pairs ? columns : "the number " + input.name)"
    let result = input.isPerToken ? "a list of a number for each token" : "a number"
    throw DeclarationError(
      "align: \(loss.name) needs \(input.name) \(input.text) of each completion; give side = "
        + "{ \(input.name) = function(row, tokens) ... end }, which returns \(result)"
        + alternative)
  }
}
