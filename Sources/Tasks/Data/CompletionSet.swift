/// Completions with what is known of them: one a row, or a group of several of one prompt.
public struct CompletionSet: Sendable, Equatable {
  /// What a row holds.
  public enum Form: String, Sendable {
    /// The chosen completion of a prompt and the rejected one.
    case pairs
    /// One completion.
    case completions
    /// Several completions.
    case groups
  }

  /// A prompt with its completions.
  public struct Row: Sendable, Equatable {
    /// What comes before; may be empty.
    public let prompt: String
    /// At least one; of pairs the chosen one first.
    public let members: [String]
  }

  /// What a row holds.
  public let form: Form
  /// The rows.
  public internal(set) var rows: [Row] = []
  /// Numbers of rows by name, one a row.
  public internal(set) var columns: [String: [Double]] = [:]
  /// Numbers of completions by name, such as `reward` or `label`: a list a row, one a member.
  public internal(set) var memberNumbers: [String: [[Double]]] = [:]

  /// The number of rows.
  public var count: Int { rows.count }
  /// The most completions that a row has.
  public var largestGroup: Int { rows.map(\.members.count).max() ?? 0 }

  /// No rows.
  init(form: Form) { self.form = form }

  /// Pairs; the chosen completion has label and reward 1, the rejected 0. A column `chosen_NAME`
  /// with a column `rejected_NAME` is a number NAME of the completions too.
  public init(_ pairs: PreferenceSet) {
    form = .pairs
    rows = (0..<pairs.count).map { row in
      Row(prompt: pairs.prompts[row], members: [pairs.chosen[row], pairs.rejected[row]])
    }
    for column in pairs.columns { columns[column.name] = column.values }
    let order = [[Double]](repeating: [1, 0], count: pairs.count)
    (memberNumbers["label"], memberNumbers["reward"]) = (order, order)
    for column in pairs.columns where column.name.hasPrefix("chosen_") {
      let name = String(column.name.dropFirst("chosen_".count))
      guard let other = pairs.column("rejected_" + name) else { continue }
      memberNumbers[name] = zip(column.values, other).map { [$0, $1] }
    }
  }
}
