import Tasks

/// Sequences in the order in which they were first met; equal ones are kept once.
struct SequencePlaces {
  private(set) var sequences = TokenSequences()
  private var known: [String: Int] = [:]
  private let model: LanguageModel

  /// - Parameter model: for its tokenizer.
  init(_ model: LanguageModel) { self.model = model }

  /// The place of a completion after its prompt.
  mutating func place(_ prompt: String, _ completion: String) -> Int {
    let key = prompt + "\u{0}" + completion
    if let place = known[key] { return place }
    known[key] = sequences.count
    sequences.append(model.sequence(prompt: prompt, completion: completion))
    return sequences.count - 1
  }

  /// The place of a sequence without scored tokens, where a group has fewer members than another.
  mutating func absent() -> Int {
    let key = "\u{0}\u{0}"
    if let place = known[key] { return place }
    known[key] = sequences.count
    let end = Int32(model.tokenizer.endOfText)
    sequences.append(([end, end], 2))
    return sequences.count - 1
  }
}
