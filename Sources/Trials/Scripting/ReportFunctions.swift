import ExperimentStore
import Foundation
import LuaBindings
import LuaRuntime

/// `pg.confidence`, `pg.mean_interval`, `pg.print_table`: numbers with their uncertainty.
enum ReportFunctions {
  static func all(_ host: ScriptHost) -> [NativeFunction] {
    [clustered(host), meanInterval, pairedInterval, printTable]
  }

  private static func table(_ interval: ConfidenceInterval) -> LuaValue {
    .table(
      LuaTable([
        "mean": .number(interval.estimate), "lower": .number(interval.lower),
        "upper": .number(interval.upper),
      ]))
  }

  private static func numbers(_ value: LuaValue, _ owner: String) throws -> [Double] {
    guard let items = value.tableValue?.items else {
      throw DeclarationError("\(owner): expected a list of numbers, got \(value.typeName)")
    }
    return try items.enumerated().map { index, item in
      guard let number = item.numberValue else {
        throw DeclarationError("\(owner): item \(index + 1) is no number")
      }
      return number
    }
  }

  /// `pg.confidence { { outcomes =, data =, seed = }, ... }`: the mean of all outcomes and its 95 %
  /// interval, resampling seeds and, within the data, blocks of snippets together.
  private static func clustered(_ host: ScriptHost) -> NativeFunction {
    .general("confidence") { call in
      var observations: [ClusteredObservation] = []
      for (place, item) in try call.table(0).items.enumerated() {
        let options = try OptionTable(
          item, "confidence", known: ["outcomes", "data", "seed"])
        let outcomes = try numbers(options["outcomes"], "confidence")
        let seed = try options.integer("seed", place + 1, in: 0...Int.max)
        let data = host.preferences.object(options["data"])
        let blocks = ["chosen_block", "rejected_block"].compactMap { data?.column($0) }
        guard blocks.allSatisfy({ $0.count == outcomes.count }) else {
          throw DeclarationError(
            "confidence: \(outcomes.count) outcomes do not belong to \(data?.count ?? 0) pairs")
        }
        for (row, outcome) in outcomes.enumerated() {
          let own = blocks.isEmpty ? [row] : blocks.map { Int($0[row]) }
          observations.append(
            ClusteredObservation(value: outcome, seed: seed, blocks: own))
        }
      }
      return [table(try Bootstrap(resamples: 2000).clusteredMean(observations))]
    }
  }

  /// `pg.mean_interval(list)`: the mean, its 95 % bootstrap interval and its standard error.
  private static var meanInterval: NativeFunction {
    .general("mean_interval") { call in
      let values = try numbers(call[0], "mean_interval")
      guard var result = table(try Bootstrap(resamples: 2000).mean(values)).tableValue else {
        return []
      }
      result["standard_error"] = .number(try Descriptive.standardError(values))
      return [.table(result)]
    }
  }

  /// `pg.paired_interval(a, b)`: the mean of a - b, pair by pair, and its 95 % interval.
  private static var pairedInterval: NativeFunction {
    .general("paired_interval") { call in
      let (a, b) = (
        try numbers(call[0], "paired_interval"), try numbers(call[1], "paired_interval")
      )
      return [table(try Bootstrap(resamples: 2000).pairedDifference(a, b))]
    }
  }

  /// `pg.print_table(title, rows)`: rows of strings in aligned columns.
  private static var printTable: NativeFunction {
    .general("print_table") { call in
      let rows = try call.table(1).items.map { try $0.texts("print_table") }
      let columns = rows.map(\.count).max() ?? 0
      let widths = (0..<columns).map { column in
        rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
      }
      print("\n" + (try call.string(0)))
      for row in rows {
        let cells = row.enumerated().map { column, text in
          column == row.count - 1
            ? text : text + String(repeating: " ", count: widths[column] - text.count)
        }
        print("  " + cells.joined(separator: "  "))
      }
      return []
    }
  }
}
