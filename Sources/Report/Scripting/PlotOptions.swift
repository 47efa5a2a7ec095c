import LuaBindings
import LuaRuntime
import Notation

/// How a plot is asked for: `pg.plot(loss, { from = -5, to = 5, file = "loss.svg" })`.
public struct PlotOptions {
  /// Where the picture goes; the terminal where nil.
  public var file: String?
  /// Above the picture.
  public var title: String?
  /// Ends of the horizontal axis.
  public var from: Double?
  /// See `from`.
  public var to: Double?
  /// Sets of parameters of a loss, one curve each.
  public var parameters: [[String: ParameterValue]] = [[:]]
  /// Of runs: what is drawn, and of which stage.
  public var metric: String?
  /// See `metric`.
  public var stage: String?
  /// Whether numbers are counted instead of drawn in order.
  public var isHistogram = false
  /// Of a histogram.
  public var bins: Int?
  /// Below and beside the axes, where the usual words do not fit.
  public var xLabel: String?
  /// See `xLabel`.
  public var yLabel: String?
  /// Whether the vertical axis is logarithmic.
  public var isLogarithmic = false
  /// Characters and lines of a picture in the terminal.
  public var columns: Int?
  /// See `columns`.
  public var lines: Int?

  static let names = [
    "file", "title", "from", "to", "params", "metric", "stage", "kind", "bins", "x_label",
    "y_label", "log", "columns", "lines",
  ]

  /// A plot with nothing asked for.
  public init() {}

  /// Reads the options that a script gave.
  ///
  /// - Throws: `ReportError` for an unknown option or a value that makes no sense.
  public init(_ table: LuaTable) throws {
    for name in table.names where !Self.names.contains(name) {
      let hint = NearestName.hint(name, in: Self.names)
      throw ReportError("plot: has no option \"\(name)\"\(hint)")
    }
    file = try Self.text(table, "file")
    title = try Self.text(table, "title")
    from = try Self.number(table, "from")
    to = try Self.number(table, "to")
    metric = try Self.text(table, "metric")
    stage = try Self.text(table, "stage")
    xLabel = try Self.text(table, "x_label")
    yLabel = try Self.text(table, "y_label")
    bins = try Self.number(table, "bins").map { Int($0) }
    columns = try Self.number(table, "columns").map { min(max(Int($0), 20), 500) }
    lines = try Self.number(table, "lines").map { min(max(Int($0), 8), 500) }
    isLogarithmic = table["log"] == .boolean(true)
    if let kind = try Self.text(table, "kind") {
      guard ["line", "histogram"].contains(kind) else {
        throw ReportError("plot: kind must be \"line\" or \"histogram\", got \"\(kind)\"")
      }
      isHistogram = kind == "histogram"
    }
    if let bins, bins < 1 { throw ReportError("plot: bins must be 1 or more, got \(bins)") }
    if let from, let to, from >= to {
      throw ReportError("plot: from \(from) is not below to \(to)")
    }
    if let given = table["params"].tableValue { parameters = Self.sets(given) }
  }

  private static func sets(_ table: LuaTable) -> [[String: ParameterValue]] {
    let tables = table.items.isEmpty ? [table] : table.items.compactMap(\.tableValue)
    return tables.map { one in
      var values: [String: ParameterValue] = [:]
      for name in one.names { values[name] = ParameterValue(one[name]) }
      return values
    }
  }

  private static func text(_ table: LuaTable, _ name: String) throws -> String? {
    if table[name] == .nil { return nil }
    guard let text = table[name].stringValue else {
      throw ReportError("plot: \(name) must be a string, got \(table[name].typeName)")
    }
    return text
  }

  private static func number(_ table: LuaTable, _ name: String) throws -> Double? {
    if table[name] == .nil { return nil }
    guard let number = table[name].numberValue, number.isFinite else {
      throw ReportError("plot: \(name) must be a finite number, got \(table[name].typeName)")
    }
    return number
  }
}
