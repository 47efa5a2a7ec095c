import Foundation
import LuaBindings
import LuaRuntime
import Notation

/// `pg.ablation` and what its declarations are made of.
public enum AblationFunctions {
  /// Adds the functions to the library of a session.
  ///
  /// - Throws: `LuaError` where memory runs out.
  public static func register(in session: ScriptSession) throws {
    for name in ScriptTables.all { try session.lua.register(LuaMetatable(name: name)) }
    try session.register([
      ablation, conditional, grid, linearGrid, logGrid, range("uniform", .uniform),
      range("log_uniform", .logUniform), range("integer_range", .integer), pruner("racing"),
      pruner("halving"),
    ])
  }

  /// The table itself, marked and its names looked at, so that a wrong one is told with its line.
  private static var ablation: NativeFunction {
    .general("ablation") { call in
      var table = try call.table(0)
      try FieldReader(table, "ablation").require(known: AblationDeclaration.fields)
      table.className = ScriptTables.ablation
      return [.table(table)]
    }
  }

  /// `pg.when({ loss = "dpo" }, values)`.
  private static var conditional: NativeFunction {
    .general("when") { call in
      guard call[0] != .nil, call[1] != .nil else {
        throw DeclarationError("when: expected a condition and values")
      }
      return [
        .table(
          LuaTable(
            ["condition": call[0], "values": call[1]], className: ScriptTables.conditional))
      ]
    }
  }

  /// `pg.grid { values }`, checked: not empty, nothing twice.
  private static var grid: NativeFunction {
    .general("grid") { call in
      let list = try call.table(0)
      _ = try Factor("grid", .table(list))
      return [.table(list)]
    }
  }

  private static var linearGrid: NativeFunction {
    .general("linear_grid") { call in
      let (low, high, count) = try ends(call, "linear_grid")
      return [
        list((0..<count).map { low + (high - low) * Double($0) / Double(max(count - 1, 1)) })
      ]
    }
  }

  private static var logGrid: NativeFunction {
    .general("log_grid") { call in
      let (low, high, count) = try ends(call, "log_grid")
      guard low > 0 else { throw DeclarationError("log_grid: expected ends above 0, got \(low)") }
      return [list(LogarithmicGrid.values(low, high, count))]
    }
  }

  private static func ends(_ call: LuaCall, _ name: String) throws -> (Double, Double, Int) {
    let (low, high, count) = try (call.number(0), call.number(1), call.integer(2))
    guard low < high, high.isFinite, (2...10_000).contains(count) else {
      throw DeclarationError(
        "\(name): expected low below high and at least 2 values, got \(low), \(high), \(count)")
    }
    return (low, high, count)
  }

  private static func list(_ numbers: [Double]) -> LuaValue {
    .table(LuaTable(items: numbers.map(LuaValue.number)))
  }

  private static func range(_ name: String, _ scale: SearchRange.Scale) -> NativeFunction {
    .general(name) { call in
      let (low, high) = try (call.number(0), call.number(1))
      _ = try SearchRange(scale, low, high)
      return [
        .table(
          LuaTable(
            ["scale": .string(scale.rawValue), "low": .number(low), "high": .number(high)],
            className: ScriptTables.range))
      ]
    }
  }

  private static func pruner(_ rule: String) -> NativeFunction {
    .general(rule) { call in
      var table = call[0].tableValue ?? LuaTable()
      table["rule"] = .string(rule)
      _ = try Pruning(table)
      table.className = ScriptTables.pruner
      return [.table(table)]
    }
  }
}

/// Numbers whose ratios are equal.
enum LogarithmicGrid {
  /// Both ends exact; what lies between has at most six digits, as people would write it.
  static func values(_ low: Double, _ high: Double, _ count: Int) -> [Double] {
    (0..<count).map { place in
      if place == 0 { return low }
      if place == count - 1 { return high }
      let exact = low * pow(high / low, Double(place) / Double(count - 1))
      return Double(String(format: "%.6g", exact)) ?? exact
    }
  }
}
