import LuaBindings
import LuaRuntime

/// Examples of what the library has beside operations and methods; help runs them.
enum LibraryExamples {
  /// Statements that return what is shown. Looked up, never listed.
  static let code = [
    "tensor": "return pg.tensor({{1, 2}, {3, 4}}, \"float64\")",
    "parameter":
      "local x = pg.parameter(pg.tensor{3}) return x:item(), pg.grad((x * x):sum(), {x})[1]",
    "zeros": "return pg.zeros(2, 3)",
    "ones": "return pg.ones(3, { dtype = \"int64\" })",
    "full": "return pg.full({2, 2}, 7)",
    "eye": "return pg.eye(2)",
    "arange": "return pg.arange(1, 9, 2)",
    "linspace": "return pg.linspace(0, 1, 5)",
    "rand": "pg.seed(1) return pg.rand(3)",
    "randn": "pg.seed(1) return pg.randn(3, { dtype = \"float64\" })",
    "seed": "pg.seed(7) local x = pg.rand(2) pg.seed(7) return (x - pg.rand(2)):sum():item()",
    "grad": "return pg.grad(function(x) return (x * x):sum() end)(pg.tensor{1, 2, 3})",
    "value_and_grad":
      "return pg.value_and_grad(function(x) return x:exp():sum() end)(pg.tensor{0, 1})",
    "jit": "return pg.jit(function(x, k) return (k * x):sum() end)(pg.tensor{1, 2, 3}, 0.5)",
    "realize": "local x = pg.ones(3):exp() pg.realize(x) return x",
    "trace_nan":
      "return pcall(pg.trace_nan, function(x) return x:log():sum() end, pg.tensor{-1})",
    "loss": """
    local mine = pg.loss {
      kind = "pairwise", params = { beta = pg.positive(0.1) },
      compute = function(batch, p)
        return -pg.log_sigmoid(p.beta * (batch.chosen.logratio - batch.rejected.logratio))
      end }
    return mine { chosen = { logratio = {0.5} }, rejected = { logratio = {-0.2} } }
    """,
    "divergence": """
    local kl = pg.divergence { f = function(u) return u * pg.log(u) end }
    return kl.score(pg.tensor{0, 1})
    """,
    "preference_model": """
    local model = pg.preference_model { compute = function(batch)
      return pg.softplus(batch.rejected.reward - batch.chosen.reward) end }
    return model { chosen = { reward = {1} }, rejected = { reward = {0} } }
    """,
    "method":
      "return pg.method(\"dpo\") { chosen = { logratio = {0.5} }, rejected = { logratio = {0} } }",
    "export": "return #pg.export(\"dpo\", \"torch\") > 0",
    "item": "return pg.tensor{2, 3}:sum():item()",
    "totable": "return #pg.ones(2, 3):totable()",
    "size": "return pg.ones(2, 3):size(2)",
    "to": "return pg.tensor{1.7, -1.7}:to(\"int64\")",
  ]

  /// The example of a name and what it gives, run in a session whose values nobody misses; empty
  /// where there is none.
  static func lines(_ name: String, in session: ScriptSession) -> [String] {
    guard let code = code[name],
      let results = try? session.lua.run(
        "local pg = require 'perigee' local function run(pg) \(code)\nend "
          + "local found = table.pack(run(pg)) for i = 1, found.n do "
          + "found[i] = tostring(found[i]) end return table.concat(found, '\\n')",
        chunkName: "=example")
    else { return [] }
    let shown = (results.first?.stringValue ?? "").split(separator: "\n").map(String.init)
    var lines = code.split(separator: "\n").map(String.init)
    if lines.count == 1, code.hasPrefix("return ") { lines[0].removeFirst(7) }
    let typed = lines.enumerated().map { ($0.offset == 0 ? "> " : ">> ") + $0.element }
    return typed + shown
  }
}
