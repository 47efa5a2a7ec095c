import LuaRuntime

/// One operation on sixteen numbers, called from Lua: all overhead.
enum OperationCases {
  static let all = [
    lazy("add", "z = x + y", "x + y"), lazy("exp", "z = exp(x)", "pg.exp(x)"), empty,
    gradient("add", "value and derivatives of sum(x + y)", "(a + b):sum()"),
    gradient("exp", "value and derivative of sum(exp(x))", "pg.exp(a):sum()"),
  ]

  private static let setUp = """
    local pg = require "perigee"
    local x, y = pg.randn(16), pg.randn(16)
    pg.realize(x, y)

    """

  /// An operation whose value nobody looks at.
  private static func lazy(
    _ name: String, _ summary: String, _ expression: String
  ) -> BenchmarkCase {
    var made = BenchmarkCase("operation/\(name)", summary + ", not looked at", sizes: "[16]") {
      try .script(
        setUp + "return function(count) for _ = 1, count do local _ = \(expression) end end",
        threads: $0)
    }
    made.targets = [.atMost(seconds: 0.25e-6)]
    return made
  }

  private static var empty: BenchmarkCase {
    BenchmarkCase("operation/empty", "call of an empty native function", sizes: "none") {
      try .script(
        setUp + "return function(count) for _ = 1, count do pg.nothing() end end",
        threads: $0, functions: [.fast("nothing") { _ in }])
    }
  }

  /// Forward, backward, and both computed.
  private static func gradient(
    _ name: String, _ summary: String, _ expression: String
  ) -> BenchmarkCase {
    let positions = name == "add" ? "{ argnums = { 1, 2 } }" : "{ argnums = 1 }"
    var made = BenchmarkCase(
      "operation/\(name)_gradient", summary + ", looked at", sizes: "[16]"
    ) {
      try .script(
        setUp + """
          local f = pg.value_and_grad(function(a, b) return \(expression) end, \(positions))
          return function(count)
            for _ = 1, count do pg.realize(f(x, y)) end
          end
          """, threads: $0)
    }
    made.targets = [.atMost(seconds: 5e-6), .faster(1, than: .eager)]
    return made
  }
}
