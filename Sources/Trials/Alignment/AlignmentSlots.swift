import LuaBindings
import Tasks

/// The sequences of one example, in the order in which a batch holds them.
struct AlignmentSlots: Equatable {
  /// What a sequence of an example is.
  enum Purpose: Equatable {
    /// A completion of the row, from 0.
    case member(Int)
    /// The same completion of a row with another prompt, under this row's prompt.
    case mismatched(Int)
    /// A completion of the row under another prompt that the loss names.
    case context(String, Int)
    /// A completion beside those of the row that the loss names.
    case sample(String)
  }

  /// Completions of a row, at most.
  let memberCount: Int
  /// Every sequence of an example.
  let purposes: [Purpose]

  /// - Parameters:
  ///   - set: the rows.
  ///   - needs: what the loss asks for.
  ///   - isMismatched: whether completions of other rows are scored under a row's prompt.
  ///   - contexts: the other prompts under which the policy scores completions.
  init(
    _ set: CompletionSet, _ needs: LossContract.Needs, isMismatched: Bool, contexts: [String]
  ) {
    memberCount = set.largestGroup
    let members = Array(0..<memberCount)
    purposes =
      members.map(Purpose.member) + (isMismatched ? members.map(Purpose.mismatched) : [])
      + contexts.flatMap { name in members.map { Purpose.context(name, $0) } }
      + needs.samples.map(Purpose.sample)
  }

  /// The contexts under which the policy scores completions, with the place of each member.
  var contexts: [(name: String, place: (member: Int, slot: Int))] {
    purposes.enumerated().compactMap { slot, purpose in
      guard case .context(let name, let member) = purpose else { return nil }
      return (name, (member, slot))
    }
  }

  /// Where the first of some sequences stands.
  func first(_ purpose: Purpose) -> Int? { purposes.firstIndex(of: purpose) }
}
