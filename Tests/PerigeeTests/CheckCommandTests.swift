import Testing

/// `perigee check` on sound and on broken methods.
@Suite struct CheckCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  private func loss(_ compute: String) -> String {
    """
    --- A loss of my own.
    --
    -- @param   batch  pairwise
    -- @return         [batch] nats
    -- @law     decreasing in margin
    -- @source  me
    local pg = require "perigee"
    return pg.loss {
      kind = "pairwise",
      params = { beta = pg.positive(0.1) },
      compute = function(batch, p)
        local z = p.beta * (batch.chosen.logratio - batch.rejected.logratio)
        \(compute)
      end,
    }
    """
  }

  @Test func soundMethod() throws {
    defer { program.clean() }
    let outcome = try program.run(["check", "dpo"])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("losses/dpo: passed\n"))
    #expect(outcome.output.contains("  ok       gradient: agrees with central differences"))
  }

  @Test func soundFile() throws {
    defer { program.clean() }
    try program.write("mine.lua", loss("return -pg.log_sigmoid(z)"))
    let outcome = try program.run(["check", "mine.lua"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.hasPrefix("mine: passed\n"))
  }

  @Test(arguments: [
    ("return pg.log(1 + pg.exp(-30 * z))", "failure  finite: "),
    ("return (-pg.log_sigmoid(z)):sum()", "failure  shape: "),
    ("return z", "failure  law: "),
    ("return nosuch(z)", "mine.lua:13: attempt to call a nil value (global 'nosuch')"),
    ("if z:gt(0) then return z end return -z", "warning  condition: mine.lua:13: "),
  ])
  func brokenFile(compute: String, message: String) throws {
    defer { program.clean() }
    try program.write("mine.lua", loss(compute))
    let outcome = try program.run(["check", "mine.lua"])
    #expect(outcome.status == 1)
    #expect(outcome.output.hasPrefix("mine: failed\n"))
    #expect(outcome.output.contains(message), "\(outcome.output)")
  }

  @Test func severalMethods() throws {
    defer { program.clean() }
    let outcome = try program.run(["check", "dpo", "ipo"])
    #expect(outcome.status == 0)
    #expect(outcome.output.hasSuffix("2 checked, 0 failed\n"))
  }

  @Test func unknownMethod() throws {
    defer { program.clean() }
    let outcome = try program.run(["check", "losses/dpoo"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("did you mean \"losses/dpo\"?"))
  }
}
