import Testing

@testable import perigee

/// Aligned columns.
@Suite struct TextTableTests {
  private let table = TextTable(
    header: ["name", "text"], rows: [["a", "short"], ["longer", "a text that goes on and on"]])

  @Test func aligns() {
    #expect(
      table.lines(columns: nil) == [
        "name    text", "a       short", "longer  a text that goes on and on",
      ])
  }

  @Test func cutsLongLines() {
    #expect(table.lines(columns: 20)[2] == "longer  a text th...")
    #expect(table.lines(columns: 20).allSatisfy { $0.count <= 20 })
  }

  @Test func noColourWithoutATerminal() {
    let terminal = Terminal(-1, environment: ["COLUMNS": "80"])
    #expect(!terminal.hasColour)
    #expect(terminal.columns == 80)
    #expect(terminal.styled("x", .bold, .red) == "x")
  }
}
