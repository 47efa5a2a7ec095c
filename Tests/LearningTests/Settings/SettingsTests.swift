import Testing

@testable import Learning

@Suite struct SettingsTests {
  let declared = [
    SettingDeclaration("warmup_steps", 0, "steps of warmup", in: 0...Double.infinity),
    SettingDeclaration("mode", "up", "direction", choices: ["up", "down"]),
    SettingDeclaration("betas", [0.9, 0.99], "decay rates"),
    SettingDeclaration("nesterov", false, "look ahead"),
  ]

  @Test func defaultsHoldUnlessGiven() throws {
    let settings = try Settings(["nesterov": .flag(true)], declared: declared, owner: "x")
    #expect(settings.number("warmup_steps") == 0)
    #expect(settings.text("mode") == "up")
    #expect(settings.numbers("betas") == [0.9, 0.99])
    #expect(settings.flag("nesterov"))
  }

  @Test func unknownNamesSuggestTheNearest() throws {
    let error = #expect(throws: LearningError.self) {
      try Settings(["warmup_step": .number(1)], declared: declared, owner: "cosine")
    }
    #expect(error?.description.contains("did you mean \"warmup_steps\"?") == true)
    #expect(error?.description.hasPrefix("cosine:") == true)
  }

  @Test func wrongKindsAndRangesAreErrors() throws {
    for (name, value) in [
      ("warmup_steps", Setting.number(-1)), ("warmup_steps", .text("many")),
      ("mode", .text("sideways")), ("nesterov", .number(1)),
    ] {
      #expect(throws: LearningError.self) {
        try Settings([name: value], declared: declared, owner: "x")
      }
    }
  }
}
