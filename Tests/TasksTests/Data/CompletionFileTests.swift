import Notation
import Testing

@testable import Tasks

@Suite struct CompletionFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func load(_ text: String) throws -> CompletionSet {
    try CompletionSet.load(folder.file("c.jsonl", text))
  }

  private func fault(of text: String) -> String { faultMessage { _ = try load(text) } }

  @Test func readsCompletionsWithNumbers() throws {
    let set = try load(
      """
      {"prompt": "q", "completion": "a", "label": true, "score": 2, "id": "x"}
      {"prompt": "", "completion": "b", "label": false, "score": -1}
      """)
    #expect(set.form == .completions)
    #expect(set.rows == [.init(prompt: "q", members: ["a"]), .init(prompt: "", members: ["b"])])
    #expect(set.columns == ["label": [1, 0], "score": [2, -1]])
    #expect(set.memberNumbers == ["label": [[1], [0]], "score": [[2], [-1]]])
  }

  @Test func readsGroups() throws {
    let set = try load(
      """
      {"prompt": "q", "completions": ["a", "b", "c"], "rewards": [1, 0, 2], "weight": 3}
      {"prompt": "r", "completions": ["d"], "rewards": [5], "weight": 1}
      """)
    #expect(set.form == .groups)
    #expect(set.largestGroup == 3)
    #expect(set.memberNumbers == ["reward": [[1, 0, 2], [5]]])
    #expect(set.columns == ["weight": [3, 1]])
  }

  @Test func pairsAreRowsOfTwo() throws {
    var pairs = PreferenceSet(columns: ["chosen_risk", "rejected_risk"])
    pairs.append(prompt: "q", chosen: "a", rejected: "b", numbers: [0.5, 0.25])
    let set = CompletionSet(pairs)
    #expect(set.rows == [.init(prompt: "q", members: ["a", "b"])])
    #expect(set.memberNumbers["risk"] == [[0.5, 0.25]])
    #expect(set.memberNumbers["label"] == [[1, 0]])
  }

  @Test func namesLineAndFault() {
    let good = #"{"prompt": "q", "completion": "a", "label": 1}"#
    #expect(fault(of: "") == "c.jsonl: expected rows of completions, found an empty file")
    #expect(fault(of: good + "\n[]").hasPrefix("c.jsonl:2: expected a JSON object with"))
    #expect(
      fault(of: good + "\n" + #"{"prompt": "q", "completion": "b"}"#)
        == #"c.jsonl:2: "label" is a number in the rows before and must be in every row"#)
    #expect(
      fault(of: good + "\n" + #"{"prompt": "q", "completion": "b", "label": 1, "x": 2}"#)
        .contains(#""x" is a number here but not in the first row"#))
    #expect(
      fault(of: good + "\n" + #"{"prompt": "q", "completions": ["b"]}"#)
        .contains(#"the rows before have "completion""#))
    #expect(
      fault(of: #"{"prompt": "q", "completions": ["a", "b"], "rewards": [1]}"#)
        .contains("must be a list of 2 finite numbers, one for each completion"))
    #expect(
      fault(of: #"{"prompt": "q", "completions": []}"#).contains("at least one string"))
    #expect(fault(of: #"{"prompt": "q", "completion": " "}"#).contains("found an empty string"))
  }
}
