import Testing

@testable import perigee

/// Prompts that were copied with the code.
@Suite struct PastedPromptTests {
  @Test(arguments: [
    ("[12]> x = 1", "x = 1"), ("...> end", "end"), ("> x", "x"), (">> y", "y"), ("[3]>", ""),
    ("x > 1", "x > 1"), ("t[1]> 2", "t[1]> 2"), (">=1", ">=1"), ("  indented", "  indented"),
  ])
  func strips(line: String, code: String) {
    #expect(PastedPrompt.strip(line) == code)
  }

  @Test(arguments: [
    ("?", ""), ("?exp", "exp"), ("??pg.exp", "exp"), ("? x:logsumexp()", "logsumexp"),
    ("exp?", "exp"), ("?losses/dpo", "losses/dpo"),
  ])
  func topics(line: String, topic: String) {
    #expect(HelpPages.topic(line) == topic)
  }
}
