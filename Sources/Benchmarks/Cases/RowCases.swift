import TensorCore

/// Functions of rows, forward and backward, through pg.jit.
enum RowCases {
  static let all = ["softmax", "log_softmax", "layer_norm"].flatMap { function in
    [(1024, 1024), (64, 50_000)].map { made(function, rows: $0.0, columns: $0.1) }
  }

  private static func made(_ function: String, rows: Int, columns: Int) -> BenchmarkCase {
    let isNorm = function == "layer_norm"
    let value = isNorm ? "pg.layer_norm(x, weight, bias)" : "pg.\(function)(x, -1)"
    let count = isNorm ? 3 : 1
    let positions = (1...count).map(String.init).joined(separator: ", ")
    var made = BenchmarkCase(
      "rows/\(function)/\(rows)x\(columns)", "value and derivative", sizes: "[\(rows), \(columns)]"
    ) {
      try .script(
        """
        local pg = require "perigee"
        local x, upstream = pg.randn(\(rows), \(columns)), pg.randn(\(rows), \(columns))
        local weight, bias = pg.rand(\(columns)), pg.rand(\(columns))
        pg.realize(x, upstream, weight, bias)
        local derivative = pg.value_and_grad(function(x, weight, bias, upstream)
          local y = \(value)
          return (y * upstream):sum(), y
        end, { argnums = { \(positions) } })
        local step = pg.jit(function(...) return select(2, derivative(...)) end)
        return function(count)
          for _ = 1, count do step(x, weight, bias, upstream) end
        end
        """, threads: $0)
    }
    made.work.bytes = 16 * Double(rows * columns)
    made.targets = [.faster(1.2, than: .eager), .faster(1.2, than: .compiled), .scaling(1.6)]
    return made
  }
}
