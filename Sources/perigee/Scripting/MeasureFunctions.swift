import Foundation
import LuaBindings
import LuaRuntime
import TensorCore

/// `pg.time`, `pg.bench`, `pg.mem`: what running something costs.
enum MeasureFunctions {
  static let classNames = ["timing", "memory"]

  static func register(in session: ScriptSession) throws {
    for name in classNames {
      let text = NativeFunction.general("__tostring") { call in
        [.string(call[0].tableValue?["text"].stringValue ?? name)]
      }
      try session.lua.register(LuaMetatable(name: name, metamethods: [text]))
    }
    try session.register([time(session), bench(session), memory(session.graph)])
  }

  /// `pg.time(f, ...)`: calls f, computes the tensors it returns, and prints how long that took.
  private static func time(_ session: ScriptSession) -> NativeFunction {
    .general("time") { [unowned session] call in
      let function = try call.function(0)
      let arguments = session.passedOn(Array(call.arguments.dropFirst()))
      let start = DispatchTime.now()
      let results = try call.state.call(function, arguments)
      try session.compute(results)
      print(Quantity.seconds(seconds(since: start)))
      return session.passedOn(results)
    }
  }

  /// `pg.bench(f, { seconds = })`: calls f again and again; median and quartiles.
  private static func bench(_ session: ScriptSession) -> NativeFunction {
    .general("bench") { [unowned session] call in
      let function = try call.function(0)
      let limit = call[1].tableValue?["seconds"].numberValue ?? 0.5
      guard limit > 0, limit <= 3600 else {
        throw call.argumentError(1, "seconds must be above 0 and at most 3600, got \(limit)")
      }
      // The first call compiles plans, which the others reuse.
      try session.compute(call.state.call(function))
      var times: [Double] = []
      let start = DispatchTime.now()
      while times.count < 5 || seconds(since: start) < limit && times.count < 1_000_000 {
        let begun = DispatchTime.now()
        try session.compute(call.state.call(function))
        times.append(seconds(since: begun))
      }
      return [.table(table(times.sorted()))]
    }
  }

  private static func table(_ sorted: [Double]) -> LuaTable {
    func quantile(_ q: Double) -> Double { sorted[Int((q * Double(sorted.count - 1)).rounded())] }
    let (low, median, high) = (quantile(0.25), quantile(0.5), quantile(0.75))
    let text =
      "median \(Quantity.seconds(median)), quartiles \(Quantity.seconds(low)) and "
      + "\(Quantity.seconds(high)), \(sorted.count) runs"
    return LuaTable(
      [
        "median": .number(median), "low": .number(low), "high": .number(high),
        "runs": .integer(sorted.count), "text": .string(text),
      ], className: "timing")
  }

  /// `pg.mem()`: bytes that Lua and tensors hold.
  private static func memory(_ graph: Graph) -> NativeFunction {
    .general("mem") { call in
      try call.state.collectGarbage()
      let (lua, live, peak) = (call.state.luaBytes, graph.memory.liveBytes, graph.memory.peakBytes)
      let text =
        "Lua \(Quantity.bytes(lua)), tensors \(Quantity.bytes(live)) "
        + "(at most \(Quantity.bytes(peak)) so far)"
      return [
        .table(
          LuaTable(
            [
              "lua": .integer(lua), "tensors": .integer(live), "peak": .integer(peak),
              "text": .string(text),
            ], className: "memory"))
      ]
    }
  }

  private static func seconds(since start: DispatchTime) -> Double {
    Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
  }
}

/// Numbers with the unit that suits them.
enum Quantity {
  static func seconds(_ seconds: Double) -> String {
    let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")]
    let unit = units.first { seconds >= $0.0 } ?? units[units.count - 1]
    return digits(seconds / unit.0) + " " + unit.1
  }

  static func bytes(_ bytes: Int) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")]
    guard let unit = units.first(where: { bytes >= $0.0 }) else { return "\(bytes) bytes" }
    return digits(Double(bytes) / Double(unit.0)) + " " + unit.1
  }

  /// Three digits that count.
  private static func digits(_ number: Double) -> String {
    String(format: number >= 100 ? "%.0f" : number >= 10 ? "%.1f" : "%.2f", number)
  }
}
