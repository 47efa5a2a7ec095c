import ArgumentParser
import ExperimentStore
import Foundation
import Notation
import Report

/// `perigee compare A B`: whether one is better than the other, and how sure that is.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two runs, two arms of experiments, or two sets of trials, seed by seed.",
    discussion: """
      A run stands for all runs that differ from it in nothing but the seed:
        perigee compare movie-preferences-loss_ipo movie-preferences-loss_dpo
        perigee compare 'which-loss/dpo, beta 0.1' 'which-loss/ipo, beta 0.1'
        perigee compare 'loss=dpo beta=0.1' 'loss=ipo beta=0.1' --metric accuracy
      Differences are first minus second over common seeds, with Student's interval under 20 seeds
      and a bootstrap interval from there on. Nothing is corrected for the number of metrics.
      """)

  @Argument(help: "A run, EXPERIMENT/ARM, or conditions.")
  var first: String

  @Argument(help: "The other side.")
  var second: String

  @OptionGroup var filter: TrialFilter

  @Option(help: "A metric to compare; repeatable. All that both sides have.")
  var metric: [String] = []

  @Option(help: "Level of the intervals, in percent.")
  var level = 95.0

  @Option(help: "Seed of the resampling.")
  var bootstrapSeed: UInt64 = 1

  @Flag(help: "One JSON object a metric.")
  var json = false

  func validate() throws {
    guard level > 0, level < 100 else {
      throw ValidationError("--level is between 0 and 100, not \(level)")
    }
  }

  func run() throws {
    let index = try RunIndex.open()
    let conditions = try filter.parsed()
    let sides = [
      try TrialSelection(first, in: index, where: conditions),
      try TrialSelection(second, in: index, where: conditions),
    ]
    let bootstrap = Bootstrap(seed: bootstrapSeed, level: level / 100)
    let rows = try metrics(sides).compactMap { name in
      try SideBySide(sides[0], sides[1], name, bootstrap)
    }
    guard !rows.isEmpty else { throw ReportError("the two have no metric in common") }
    if json {
      for row in rows { print(JSONValue.object(try record(row)).compactText) }
    } else {
      try write(rows, sides)
    }
  }

  private func metrics(_ sides: [TrialSelection]) throws -> [String] {
    let common = sides[0].metrics.filter(sides[1].metrics.contains)
    for name in metric where !common.contains(name) {
      throw UsageError(unknown: "common metric", name, common)
    }
    return metric.isEmpty ? common : metric
  }

  private func write(_ rows: [SideBySide], _ sides: [TrialSelection]) throws {
    let terminal = Terminal.output
    for (name, side) in zip(["first ", "second"], sides) {
      let seeds = Set(side.trials.map(\.seed)).count
      let failed = side.trials.count { !$0.isFinished }
      let note = failed > 0 ? ", \(failed) not finished" : ""
      print("\(name)  \(side.label) (\(seeds) seed\(seeds == 1 ? "" : "s")\(note))")
    }
    let percent = NumberText.short(level)
    var table = TextTable(header: [
      "metric", "first", "second", "difference [\(percent) %]", "pairs", "p Wilcoxon",
      "P(first > second)",
    ])
    table.rows = try rows.map(cells)
    print("")
    for line in table.lines(columns: nil, { terminal.styled($0, .bold) }) { print(line) }
    let pairs = rows.compactMap(\.paired?.pairs).min()
    guard let pairs else {
      print("\nThe two have fewer than two seeds in common: nothing can be said of the difference.")
      return
    }
    let smallest = SignedRankTest.smallestAttainable(pairs: pairs)
    guard smallest > 1 - level / 100 else { return }
    print(
      "\nWith \(pairs) pairs Wilcoxon's p cannot be below \(NumberText.short(smallest)).")
  }

  private func cells(_ row: SideBySide) throws -> [String] {
    guard let paired = row.paired else {
      return [
        row.metric, NumberText.short(row.means.0), NumberText.short(row.means.1),
        NumberText.short(row.means.0 - row.means.1), "0", "", "",
      ]
    }
    let interval = try paired.interval()
    let decimals = NumberText.decimals(forWidth: interval.upper - interval.lower)
    let texts = [interval.estimate, interval.lower, interval.upper].map {
      NumberText.fixed($0, decimals)
    }
    let better = paired.improvement
    return [
      row.metric, NumberText.fixed(row.means.0, decimals),
      NumberText.fixed(row.means.1, decimals), "\(texts[0]) [\(texts[1]), \(texts[2])]",
      "\(paired.pairs)", NumberText.probability(paired.signedRank.pValue),
      NumberText.fixed(better.estimate, 2)
        + " [\(NumberText.fixed(better.lower, 2)), \(NumberText.fixed(better.upper, 2))]",
    ]
  }

  private func record(_ row: SideBySide) throws -> JSONObject {
    var object: JSONObject = [
      "metric": .string(row.metric), "first": .number(row.means.0),
      "second": .number(row.means.1),
    ]
    guard let paired = row.paired else { return object }
    object["difference"] = try paired.interval().record
    object["student"] = try paired.student().record
    object["bootstrap"] = try paired.resampled.interval(level: level / 100).record
    object["pairs"] = .integer(Int64(paired.pairs))
    object["student_p"] = .number(paired.studentP)
    object["wilcoxon_p"] = .number(paired.signedRank.pValue)
    object["improvement"] = paired.improvement.record
    object["effect_size"] = paired.effectSize.map(JSONValue.number)
    return object
  }
}
