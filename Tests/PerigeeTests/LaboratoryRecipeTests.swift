import Foundation
import Testing

/// The recipes that redraw published pictures, run small.
@Suite struct LaboratoryRecipeTests {
  private func picture(_ recipe: String, _ arguments: [String], _ files: [String]) throws -> String
  {
    let program = try Program()
    defer { program.clean() }
    let outcome = try program.run(
      ["run", "recipes/\(recipe)", "--file", "picture"] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for file in files {
      let svg = try String(
        contentsOf: program.folder.appendingPathComponent(file), encoding: .utf8)
      #expect(svg.contains("</svg>") && svg.contains("nats"))
    }
    return outcome.output
  }

  /// The numbers of a table's row.
  private func row(_ name: String, _ text: String) throws -> [Double] {
    let line = try #require(
      text.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix(name + " ") })
    return line.split(separator: " ").compactMap { Double($0) }
  }

  @Test func divergenceFrontiers() throws {
    let text = try picture(
      "divergence-frontiers", ["--steps", "1000", "--points", "7", "--reward", "0.8"],
      ["picture-kl_to_reference.svg", "picture-kl_from_reference.svg"])
    let reverse = try row("reverse_kl", text)
    let between = try row("js", text)
    let forward = try row("forward_kl", text)
    // Each is best on its own axis, Jensen-Shannon between them on both.
    #expect(reverse[0] < between[0] && between[0] < forward[0], "\(text)")
    #expect(forward[1] < between[1] && between[1] < reverse[1], "\(text)")
  }

  @Test func deterministicPreferences() throws {
    let text = try picture("deterministic-preferences", ["--steps", "4000"], ["picture.svg"])
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    func best(_ loss: String) -> [Double] {
      lines.filter { $0.first == loss }.compactMap { $0.count > 2 ? Double($0[2]) : nil }
    }
    // DPO goes to the best action at every beta; IPO where its closed form is.
    #expect(best("dpo").count == 3 && best("dpo").allSatisfy { $0 > 0.98 }, "\(text)")
    #expect(best("ipo").count == 3 && best("ipo")[2] < 0.6, "\(text)")
  }
}
