/// A candidate that must be stopped, and by which check.
struct Hostile: Sendable, CustomStringConvertible {
  let name: String
  let source: String
  /// Checks that may stop it.
  let checks: Set<String>
  /// Part of the reason.
  let reason: String

  var description: String { name }

  /// A pairwise loss that computes something.
  static func loss(_ body: String, before: String = "", fields: String = "") -> String {
    """
    local pg = require "perigee"
    \(before)
    return pg.loss {
      kind = "pairwise",
      params = { beta = pg.positive(0.1) },\(fields)
      compute = function(batch, p)
        local u = p.beta * (batch.chosen.logratio - batch.rejected.logratio)
        \(body)
      end,
    }
    """
  }

  /// The eleven that are always tried.
  static let all = [
    Hostile(
      name: "endless loop", source: loss("while true do end return u"),
      checks: ["budget of instructions", "budget of timeLimit"], reason: ""),
    Hostile(
      name: "memory bomb",
      source: loss("local t = {} for i = 1, 1e9 do t[i] = {i} end return pg.softplus(-u)"),
      checks: ["budget of memory", "budget of instructions", "budget of timeLimit"], reason: ""),
    Hostile(
      name: "NaN mask",
      source: loss("local l = pg.log(u + 1e-9) return pg.where(pg.isnan(l), pg.softplus(-u), -l)"),
      checks: ["hidden NaN"], reason: "log"),
    Hostile(
      name: "label peek", source: loss("return pg.softplus(-u) * batch.column.gold_margin"),
      checks: ["script"], reason: "gold_margin"),
    Hostile(
      name: "constant", source: loss("return u * 0 + 0.25"), checks: ["depends"],
      reason: "no derivative reaches"),
    Hostile(
      name: "sign flip", source: loss("return pg.softplus(u)"), checks: ["sign"],
      reason: "rises with the margin everywhere"),
    Hostile(
      name: "non-finite gradient", source: loss("return pg.sqrt(pg.abs(u)) - u"),
      checks: ["gradient"], reason: "derivative"),
    Hostile(
      name: "state abuse",
      source: loss("calls = calls + 1 return pg.softplus(-u) * calls", before: "local calls = 0"),
      checks: ["script"], reason: "upvalue"),
    Hostile(
      name: "giant source",
      source: loss("return pg.softplus(-u)" + String(repeating: " ", count: 100_000)),
      checks: ["script"], reason: "bytes"),
    Hostile(
      name: "deep nesting",
      source: loss(
        "return " + String(repeating: "(", count: 400) + "u" + String(repeating: ")", count: 400)),
      checks: ["script"], reason: "overflow"),
    Hostile(
      name: "output flood", source: loss("for i = 1, 1e6 do print(u) end return pg.softplus(-u)"),
      checks: ["script"], reason: "print"),
  ]

  /// Others that go wrong in their own ways.
  static let careless = [
    Hostile(
      name: "ignores labels", source: loss("return pg.square(u)"), checks: ["labels"],
      reason: "exchanged"),
    Hostile(
      name: "infinite loss", source: loss("return pg.exp(-1000 * u)"), checks: ["finite"],
      reason: "inf"),
    Hostile(
      name: "order of rows",
      source: loss("return pg.softplus(-u) * pg.arange(1, u:size(1)):to(\"float64\")"),
      checks: ["order", "script"], reason: ""),
    Hostile(
      name: "undeclared mixing", source: loss("return pg.softplus(-u) + u:mean()"),
      checks: ["rows"], reason: "reduction"),
    Hostile(
      name: "looks at values", source: loss("if u:sum():item() > 0 then return -u end return u"),
      checks: ["script"], reason: "cannot look at a value"),
    Hostile(
      name: "another kind",
      source: "return require('perigee').loss { kind = 'unpaired', "
        + "compute = function(batch) return batch.completion.logratio end }",
      checks: ["script"], reason: "expected a pairwise loss"),
    Hostile(
      name: "one number", source: loss("return u:mean()"), checks: ["script"],
      reason: "one loss for each row"),
    Hostile(
      name: "error value", source: "error({})", checks: ["script"], reason: "table"),
    Hostile(name: "nothing", source: "", checks: ["script"], reason: "declaration"),
  ]
}
