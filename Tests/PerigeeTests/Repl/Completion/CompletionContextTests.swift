import Testing

@testable import perigee

/// What is being typed.
@Suite struct CompletionContextTests {
  @Test(arguments: [
    ("", CompletionContext.name("")), ("pg", .name("pg")), ("x = p", .name("p")),
    ("pg.ex", .field(of: ["pg"], "ex")), ("a.b.c", .field(of: ["a", "b"], "c")),
    ("f(pg.", .field(of: ["pg"], "")), ("f().x", .field(of: [], "x")),
    ("x:su", .method(of: ["x"], "su")), ("x:exp():su", .method(of: [], "su")),
    ("?lo", .topic("lo")), ("??losses/d", .topic("losses/d")), (":be", .command("be")),
    (":check dp", .argument(of: "check", "dp")), (":time pg.e", .field(of: ["pg"], "e")),
    ("::label", .method(of: [], "label")),
  ])
  func reads(text: String, context: CompletionContext) {
    #expect(CompletionContext(text) == context)
  }

  @Test(arguments: [
    ("pg.loss { ki", CompletionContext.option(of: ["pg", "loss"], position: 1, "ki")),
    ("pg.zeros(2, 3, { dt", .option(of: ["pg", "zeros"], position: 3, "dt")),
    ("dpo(f(1, 2), {", .option(of: ["dpo"], position: 2, "")),
    ("run:align { a = 1, p", .option(of: ["align"], position: 1, "p")),
    ("pg.loss {\n  kind = 1,\n  co", .option(of: ["pg", "loss"], position: 1, "co")),
    ("t = { a", .name("a")), ("pg.loss { kind = k", .name("k")),
    ("pg.method(\"d", .string(of: ["pg", "method"], "d")),
    ("pg.method \"losses/d", .string(of: ["pg", "method"], "losses/d")),
    ("f { name = 'a", .string(of: ["f"], "a")), ("t[\"ke", .key(of: ["t"], "ke")),
    ("x = 'it", .string(of: [], "it")), ("pg.method(\"dpo\").", .field(of: [], "")),
  ])
  func readsInsideCalls(text: String, context: CompletionContext) {
    #expect(CompletionContext(text) == context)
  }
}
