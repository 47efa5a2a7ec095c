import Foundation

/// Results as text.
extension BenchmarkResults {
  /// One JSON object a line: rows, then memory, then verdicts.
  public func jsonLines() throws -> [String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func lines(_ values: [some Encodable]) throws -> [String] {
      try values.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    }
    return try lines(rows) + lines(memory) + lines(verdicts)
  }

  /// Cells of a table: case, threads, contender, median, least, spread, limit.
  public static let header = [
    "case", "threads", "contender", "median", "least", "IQR", "limit", "sizes",
  ]

  /// The rows as cells.
  public var cells: [[String]] {
    rows.map { row in
      let limit = row.limit.map { "\(Self.spell($0)) (\(row.limitedBy ?? ""))" } ?? "-"
      return [
        row.case, "\(row.threads)", row.contender, Self.spell(row.median), Self.spell(row.least),
        Self.spell(row.spread), limit, "\(row.sizes) \(row.dtype)",
      ]
    }
      + memory.map { row in
        [
          row.case, "\(row.threads)", row.contender, "\(row.peakBytes >> 20) MiB peak",
          "\(row.addedBytes >> 20) MiB added", "", "", "memory",
        ]
      }
  }

  /// Cells of the table of targets.
  public static let verdictHeader = ["case", "threads", "against", "reached", "target", ""]

  /// The verdicts as cells.
  public var verdictCells: [[String]] {
    verdicts.map { verdict in
      [
        verdict.case, "\(verdict.threads)", verdict.compared,
        String(format: "%.2f", verdict.reached),
        String(format: verdict.isCeiling ? "<= %.2f" : ">= %.2f", verdict.wanted),
        verdict.isMet ? "pass" : "MISS",
      ]
    }
  }

  /// Seconds with a fitting unit.
  static func spell(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-6: String(format: "%.1f ns", seconds * 1e9)
    case ..<1e-3: String(format: "%.2f us", seconds * 1e6)
    case ..<1: String(format: "%.3f ms", seconds * 1e3)
    default: String(format: "%.2f s", seconds)
    }
  }
}
