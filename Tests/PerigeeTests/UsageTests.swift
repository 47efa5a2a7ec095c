import Testing

/// Wrong command lines end with 2 and name what was probably meant.
@Suite struct UsageTests {
  @Test func unknownCommand() throws {
    let outcome = try Program.run("chekc", "dpo")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("there is no command \"chekc\"; did you mean \"check\"?"))
    #expect(outcome.output == "")
  }

  @Test func unknownOption() throws {
    let outcome = try Program.run("repl", "--no-histroy")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("Did you mean '--no-history'?"))
  }

  @Test(arguments: [
    (["run"], "Missing expected argument '<file>'"),
    (["run", "a.lua", "--threads", "0"], "--threads must be 1 or more"),
    (["run", "a.lua", "--threads", "many"], "--threads"),
    (["run", "a.lua", "--show", "plans"], "did you mean \"plan\"?"),
    (["check"], "name a method or a file"),
    (["check", "--all", "dpo"], "--all takes no methods"),
    (["show"], "Missing expected argument '<method>'"),
    (["doctor", "now"], "Unexpected argument 'now'"),
  ])
  func wrongUse(arguments: [String], message: String) throws {
    let program = try Program()
    defer { program.clean() }
    let outcome = try program.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output == "")
  }
}
