import LuaBindings
import LuaRuntime
import Tasks
import TensorCore

/// Rows of completions as tokens, with all that does not change while a policy trains on them:
/// what frozen models say, and the numbers that the loss reads.
///
/// Equal completions of equal prompts are kept once, so a text in many rows is scored once.
struct AlignmentData {
  /// A row of which every sequence fits.
  struct Example {
    /// The row in the set.
    let row: Int
    /// One sequence for each slot.
    let sequences: [Int]
    /// Which members the row has.
    let isPresent: [Bool]
  }

  /// A number that a side has: of each completion, or of each of its tokens.
  struct MemberValues {
    let name: String
    let isPerToken: Bool
    /// For each example and each member.
    let values: [[[Float]]]
  }

  /// The rows.
  let source: CompletionSet
  /// What the sequences of an example are.
  let slots: AlignmentSlots
  /// The distinct sequences.
  let sequences: TokenSequences
  /// The rows that fit.
  let examples: [Example]
  /// Rows left out because a sequence is longer than the model's limit.
  var droppedCount: Int { source.count - examples.count }
  /// The reference first; then frozen models, then contexts under which the reference scores.
  let frozen: [FrozenScores]
  /// Numbers of completions.
  let memberValues: [MemberValues]

  /// Encodes a set and scores it under the frozen models.
  ///
  /// - Parameters:
  ///   - set: the rows.
  ///   - loss: what reads them.
  ///   - inputs: what the script gave beside; checked.
  ///   - policy: for its tokenizer and its greatest length.
  ///   - reference: the frozen model.
  ///   - policyContexts: the contexts under which the policy scores completions too.
  ///   - session: for the functions of the script.
  /// - Throws: `LuaError` from functions of rows; `TensorError` when a model cannot be run.
  init(
    _ set: CompletionSet, _ loss: MethodLoss, _ inputs: AlignmentInputs,
    policy: LanguageModel, reference: LanguageModel, policyContexts: [String] = [],
    session: ScriptSession
  ) throws {
    let needs = loss.contract.needs
    let isMismatched = needs.mismatched && set.rows.contains { !$0.prompt.isEmpty }
    let slots = AlignmentSlots(
      set, needs, isMismatched: isMismatched, contexts: policyContexts)
    var encoder = RowEncoder(
      set, slots, inputs, needs.contexts, policy, RowFunctions(lua: session.lua, set: set))
    let rows = try (0..<set.count).map { try encoder.encode($0) }
    let sequences = encoder.places.sequences
    let limit = policy.shape.length
    let lengths = sequences.lengths
    let kept = rows.filter { row in
      (row.example.sequences + row.contexts.flatMap { $0 }).allSatisfy { lengths[$0] <= limit }
    }
    source = set
    self.slots = slots
    self.sequences = sequences
    examples = kept.map(\.example)
    let all = examples.map(\.sequences)
    let members = all.map { Array($0.prefix(slots.memberCount)) }
    let scores = try FrozenScores.tokenLogProbs(reference, sequences, limit: limit)
    frozen =
      [FrozenScores(name: "reference", tokenLogProbs: scores, places: all)]
      + (try needs.models.map { name in
        let model = inputs.models[name] ?? reference
        return FrozenScores(
          name: name,
          tokenLogProbs: try FrozenScores.tokenLogProbs(model, sequences, limit: limit),
          places: members)
      })
      + needs.contexts.enumerated().map { index, name in
        FrozenScores(name: name, tokenLogProbs: scores, places: kept.map { $0.contexts[index] })
      }
    memberValues = try Self.values(
      set, loss.contract, inputs, examples, sequences, policy, session.lua)
  }

  // MARK: Numbers of completions

  private static func values(
    _ set: CompletionSet, _ contract: LossContract, _ inputs: AlignmentInputs,
    _ examples: [Example], _ sequences: TokenSequences, _ model: LanguageModel, _ lua: LuaState
  ) throws -> [MemberValues] {
    let asked = contract.needs.side.filter { !contract.needs.vocab.contains($0.name) }
    let usual = ["label", "reward"].filter { name in !asked.contains { $0.name == name } }
    let functions = RowFunctions(lua: lua, set: set)
    let known = usual.compactMap { name in
      set.memberNumbers[name].map { Self.known(name, $0, examples) }
    }
    return try known
      + asked.compactMap { input in
        guard let function = inputs.side[input.name] else {
          return set.memberNumbers[input.name].map { Self.known(input.name, $0, examples) }
        }
        let values = try examples.map { example in
          try example.isPresent.enumerated().map { member, isPresent -> [Float] in
            guard isPresent else { return [] }
            return try functions.numbers(
              function, input, row: example.row, member: member,
              tokens: tokens(example.sequences[member], sequences, model))
          }
        }
        return MemberValues(name: input.name, isPerToken: input.isPerToken, values: values)
      }
  }

  private static func known(
    _ name: String, _ numbers: [[Double]], _ examples: [Example]
  ) -> MemberValues {
    MemberValues(
      name: name, isPerToken: false,
      values: examples.map { numbers[$0.row].map { [Float($0)] } })
  }

  /// The scored tokens of a sequence as texts, end-of-text last.
  private static func tokens(
    _ sequence: Int, _ sequences: TokenSequences, _ model: LanguageModel
  ) throws -> [LuaValue] {
    try sequences.packed[sequence].dropFirst(sequences.contexts[sequence]).map { id in
      let bytes = try model.tokenizer.decodeBytes([id])
      return String(validating: bytes, as: UTF8.self).map(LuaValue.string) ?? .bytes(bytes)
    }
  }
}
