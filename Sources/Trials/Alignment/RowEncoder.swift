import LuaBindings
import LuaRuntime
import Tasks

/// Turns rows of completions into the sequences of examples.
struct RowEncoder {
  private let set: CompletionSet
  private let slots: AlignmentSlots
  private let inputs: AlignmentInputs
  private let contexts: [String]
  private let functions: RowFunctions
  private let others: [Int]
  private(set) var places: SequencePlaces

  /// - Parameters:
  ///   - set: the rows.
  ///   - slots: what the sequences of an example are.
  ///   - inputs: with a function for each context and each sample.
  ///   - contexts: those under which the reference scores completions.
  ///   - model: for its tokenizer.
  ///   - functions: how scripts see rows.
  init(
    _ set: CompletionSet, _ slots: AlignmentSlots, _ inputs: AlignmentInputs,
    _ contexts: [String], _ model: LanguageModel, _ functions: RowFunctions
  ) {
    (self.set, self.slots, self.inputs, self.contexts) = (set, slots, inputs, contexts)
    self.functions = functions
    others = Self.rowsOfOtherPrompts(set.rows.map(\.prompt))
    places = SequencePlaces(model)
  }

  /// The sequences of a row, and those of its members under each context.
  mutating func encode(
    _ row: Int
  ) throws -> (example: AlignmentData.Example, contexts: [[Int]]) {
    let sequences = try slots.purposes.map { try place($0, row) }
    let members = set.rows[row].members.count
    let views = try contexts.map { name in
      try (0..<slots.memberCount).map { try place(.context(name, $0), row) }
    }
    let example = AlignmentData.Example(
      row: row, sequences: sequences, isPresent: (0..<slots.memberCount).map { $0 < members })
    return (example, views)
  }

  private mutating func place(_ purpose: AlignmentSlots.Purpose, _ row: Int) throws -> Int {
    let texts = set.rows[row]
    switch purpose {
    case .member(let member):
      guard member < texts.members.count else { return places.absent() }
      return places.place(texts.prompt, texts.members[member])
    case .mismatched(let member):
      let other = set.rows[others[row]].members
      return member < other.count
        ? places.place(texts.prompt, other[member]) : places.absent()
    case .context(let name, let member):
      guard member < texts.members.count, let function = inputs.contexts[name] else {
        return places.absent()
      }
      let prompt = try functions.text(function, "contexts.\(name)", row: row, member: member)
      return places.place(prompt, texts.members[member])
    case .sample(let name):
      guard let function = inputs.samples[name] else { return places.absent() }
      return places.place(
        texts.prompt, try functions.text(function, "samples.\(name)", row: row, member: 0))
    }
  }

  /// For each row the next one, going round, with another prompt; where all prompts are equal, the
  /// next row.
  static func rowsOfOtherPrompts(_ prompts: [String]) -> [Int] {
    let count = prompts.count
    guard Set(prompts).count > 1 else { return (0..<count).map { ($0 + 1) % count } }
    var next = [Int](repeating: 0, count: count)
    // Twice round from the end: the second time every row knows its successor's answer.
    for place in (0..<2 * count).reversed() {
      let (row, after) = (place % count, (place + 1) % count)
      next[row] = prompts[row] == prompts[after] ? next[after] : after
    }
    return next
  }
}
