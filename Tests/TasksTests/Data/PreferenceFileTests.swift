import Foundation
import Testing

@testable import Tasks

@Suite struct PreferenceFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fault(of text: String) throws -> String {
    let path = try folder.file("p.jsonl", text)
    return faultMessage { _ = try PreferenceSet.load(path) }
  }

  private let good = #"{"prompt": "q", "chosen": "a", "rejected": "b"}"#

  @Test func readsRowsAndColumns() throws {
    let text = """
      \u{FEFF}{"prompt": "", "chosen": "yes\\u00e9", "rejected": "no", "margin": 2, "id": "x"}\r
      \r
      {"rejected": "c", "chosen": "b\\n", "prompt": "a", "margin": 0.5, "sure": true}
      """
    let path = try folder.file(
      "p.jsonl", text.replacingOccurrences(of: ", \"sure\": true", with: ""))
    let rows = try PreferenceSet.load(path)
    #expect(rows.prompts == ["", "a"])
    #expect(rows.chosen == ["yesé", "b\n"])
    #expect(rows.rejected == ["no", "c"])
    #expect(rows.columns == [.init(name: "margin", values: [2, 0.5])])
    #expect(rows.column("margin") == [2, 0.5])
    #expect(rows.column("id") == nil)
  }

  @Test func writesWhatItReads() throws {
    var rows = PreferenceSet(columns: ["b", "a"])
    rows.append(prompt: "p\u{2028}\"\\\t", chosen: "c\u{1}", rejected: "😀", numbers: [0.1, 3])
    rows.append(prompt: "", chosen: "x", rejected: "y", numbers: [-1e300, 1e-5])
    try rows.write(to: "\(folder.path)/out/rows.jsonl")
    #expect(try PreferenceSet.load("\(folder.path)/out/rows.jsonl") == rows)
    let line = try folder.text("out/rows.jsonl").split(separator: "\n")[0]
    #expect(line.hasPrefix(#"{"prompt":"p\u2028\"\\\t","chosen":"c\u0001","rejected":"😀","a":0.1"#))
  }

  @Test func booleansAreColumns() throws {
    let path = try folder.file(
      "p.jsonl", #"{"prompt": "q", "chosen": "a", "rejected": "b", "sure": true}"#)
    #expect(try PreferenceSet.load(path).column("sure") == [1])
  }

  @Test func namesFileLineAndFault() throws {
    let expected = #"expected a JSON object with "prompt", "chosen" and "rejected", found"#
    #expect(try fault(of: good + "\n[]").hasPrefix("p.jsonl:2: \(expected) a list"))
    #expect(try fault(of: "\n\n12") == "p.jsonl:3: \(expected) a number")
    #expect(try fault(of: good + "\n{oops").hasPrefix("p.jsonl:2: \(expected) text that is not"))
    #expect(
      try fault(of: #"{"prompt": "q", "chosen": "a"}"#)
        == #"p.jsonl:1: the field "rejected" is missing; found "prompt", "chosen""#)
    #expect(
      try fault(of: #"{"chosen": "q", "rejected": "a"}"#).contains(#"write "prompt": """#))
    #expect(
      try fault(of: #"{"prompt": "q", "chosen": 3, "rejected": "b"}"#)
        == #"p.jsonl:1: "chosen" must be a string, found a number"#)
    #expect(
      try fault(of: #"{"prompt": null, "chosen": "a", "rejected": "b"}"#)
        == #"p.jsonl:1: "prompt" must be a string, found null"#)
    #expect(
      try fault(of: #"{"prompt": "q", "chosen": "a", "rejected": " \n"}"#)
        == #"p.jsonl:1: "rejected" must hold text, found an empty string"#)
    #expect(try fault(of: " \n\n") == "p.jsonl: expected preference rows, found an empty file")
  }

  @Test func explainsChatLists() throws {
    let chat = #"[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]"#
    let message = try fault(of: #"{"prompt": "q", "chosen": \#(chat), "rejected": "b"}"#)
    #expect(message.hasPrefix(#"p.jsonl:1: "chosen" is a list of 2 chat messages"#))
    #expect(message.contains("chat template"))
  }

  @Test func columnsMustBeInEveryRow() throws {
    let numbered = #"{"prompt": "q", "chosen": "a", "rejected": "b", "w": 1}"#
    #expect(
      try fault(of: numbered + "\n" + good)
        == #"p.jsonl:2: the numeric column "w" (in the first row, line 1) "#
        + "must be a finite number in every row, found no such field")
    #expect(
      try fault(of: numbered + "\n" + numbered.replacingOccurrences(of: "1}", with: "\"1\"}"))
        .hasSuffix("found a string"))
    #expect(
      try fault(of: good + "\n" + numbered)
        == #"p.jsonl:2: "w" is a number here but not in the first row (line 1); "#
        + "a numeric column must be in every row")
  }

  @Test func namesTheInvalidByte() throws {
    let path = try folder.file(
      "p.jsonl", bytes: Array((good + "\n{\"é").utf8) + [0xFF, 0x22, 0x0A])
    #expect(
      faultMessage { _ = try PreferenceSet.load(path) }
        == "p.jsonl:2: expected UTF-8 text, found the byte 0xFF at byte 5 of the line")
  }

  @Test func missingFilesAndFolders() throws {
    #expect(
      faultMessage { _ = try PreferenceSet.load("\(folder.path)/none") }
        == "none: cannot open: No such file or directory")
    let name = (folder.path as NSString).lastPathComponent
    #expect(
      faultMessage { _ = try PreferenceSet.load(folder.path) }
        == "\(name): expected a file, found a folder")
  }

  @Test func linesMayBeLongerThanAPiece() throws {
    let long = String(repeating: "añ ", count: 60_000)
    var rows = PreferenceSet()
    for _ in 0..<3 { rows.append(prompt: "", chosen: long, rejected: "x") }
    let path = "\(folder.path)/long.jsonl"
    try rows.write(to: path)
    #expect(try PreferenceSet.load(path) == rows)
  }
}
