import ExperimentStore
import Notation

/// The figures of an experiment for papers, drawn by gnuplot.
public struct ExperimentFigures {
  private let analysis: ExperimentAnalysis

  /// Makes figures.
  ///
  /// - Parameter analysis: What they show.
  public init(_ analysis: ExperimentAnalysis) { self.analysis = analysis }

  /// File names without ending, and figures.
  public var all: [(name: String, figure: Figure)] {
    var figures: [(String, Figure)] = [("arms", arms)]
    for metric in PageData(analysis).curveMetrics {
      figures.append(("curve-\(metric)", curves(metric)))
    }
    if let profile { figures.append(("profile", profile)) }
    if !analysis.importance.isEmpty { figures.append(("importance", importance)) }
    if let frontier = Frontier(analysis) {
      figures.append(("frontier", Self.figure(frontier)))
    }
    if let grid = FactorGrid(analysis) { figures.append(("grid", self.grid(grid))) }
    return figures
  }

  private func axis(_ metric: ExperimentPlan.Metric) -> String {
    metric.name.replacing("_", with: " ") + (metric.unit.map { " (\($0))" } ?? "")
  }

  /// Arms from top to bottom, the best first.
  private var arms: Figure {
    let ranked = analysis.ranking.map { analysis.arms[$0] }
    let rows = ranked.indices.map { Double(ranked.count - $0) }
    let ends = ranked.map { arm -> (Double, Double) in
      let interval = arm.results.first?.interval
      return (interval?.lower ?? arm.mean, interval?.upper ?? arm.mean)
    }
    let series = Figure.Series(
      "", style: 0, mark: .horizontalIntervals(lower: ends.map(\.0), upper: ends.map(\.1)),
      x: ranked.map(\.mean), y: rows)
    var panel = Figure.Panel(
      yLabel: "", series: [series], yRange: 0.5...(Double(ranked.count) + 0.5))
    panel.yTicks = zip(rows, ranked).map { Figure.Tick(place: $0, label: $1.name) }
    return Figure(xLabel: axis(analysis.metric), panels: [panel])
  }

  private func curves(_ metric: String) -> Figure {
    let shown = PageData(analysis).shownArms.enumerated().compactMap { style, arm in
      arm.curves.first { $0.metric == metric }.map { (style, arm.name, $0) }
    }
    let bands = shown.map { style, _, band in
      Figure.Series("", style: style, mark: .band(lower: band.lower), x: band.steps, y: band.upper)
    }
    let lines = shown.map { style, name, band in
      Figure.Series(name, style: style, x: band.steps, y: band.mean)
    }
    let label = axis(analysis.plan.description(of: metric))
    return Figure(
      xLabel: "step", panels: [Figure.Panel(yLabel: label, series: bands + lines)])
  }

  private var profile: Figure? {
    let shown = PageData(analysis).shownArms
    let all = shown.flatMap { $0.scores.values.flatMap { $0 } }
    guard analysis.fewestSeeds > 1, let low = all.min(), let high = all.max(), low < high else {
      return nil
    }
    let thresholds = (0...200).map { low + (high - low) * Double($0) / 200 }
    let series = shown.enumerated().compactMap { style, arm -> Figure.Series? in
      let values = arm.scores.values.filter { !$0.isEmpty }
      guard let shares = try? PerformanceProfile.shares(values, above: thresholds) else {
        return nil
      }
      return Figure.Series(arm.name, style: style, x: thresholds, y: shares)
    }
    return Figure(
      xLabel: axis(analysis.metric),
      panels: [Figure.Panel(yLabel: "share of runs above", series: series, yRange: 0...1.05)])
  }

  private var importance: Figure {
    let parts = analysis.importance
    let rows = parts.indices.map { Double(parts.count - $0) }
    let series = Figure.Series(
      "", style: 0, mark: .horizontalBars(width: 0.6), x: parts.map { $0.share * 100 }, y: rows)
    var panel = Figure.Panel(
      yLabel: "", series: [series], yRange: 0.4...(Double(parts.count) + 0.6))
    panel.yTicks = zip(rows, parts).map { Figure.Tick(place: $0, label: $1.name) }
    return Figure(
      xLabel: "share of the variance of all scores (%)", xRange: 0...100, panels: [panel])
  }

  private static func figure(_ frontier: Frontier) -> Figure {
    let front = frontier.points.filter(\.isOptimal).sorted { $0.x < $1.x }
    let others = frontier.points.filter { !$0.isOptimal }
    let words = { (name: String) in name.replacing("_", with: " ") }
    var series = [
      Figure.Series(
        "not beaten in both", style: 1, mark: .linePoints, x: front.map(\.x), y: front.map(\.y))
    ]
    if !others.isEmpty {
      series.append(
        Figure.Series("others", style: 0, mark: .points, x: others.map(\.x), y: others.map(\.y)))
    }
    let unit = frontier.x.unit.map { " (\($0))" } ?? ""
    return Figure(
      xLabel: words(frontier.x.name) + unit,
      panels: [Figure.Panel(yLabel: words(frontier.y.name), series: series)])
  }

  private func grid(_ grid: FactorGrid) -> Figure {
    let rows = grid.rows.values.count
    var (x, y, heat) = ([Double](), [Double](), [Double]())
    for (row, means) in grid.means.enumerated() {
      for (column, mean) in means.enumerated() {
        guard let mean else { continue }
        x.append(Double(column + 1))
        y.append(Double(rows - row))
        heat.append(mean)
      }
    }
    let series = Figure.Series("", style: 0, mark: .heat(values: heat), x: x, y: y)
    var panel = Figure.Panel(
      yLabel: grid.rows.name, series: [series], yRange: 0.5...(Double(rows) + 0.5))
    panel.yTicks = grid.rows.values.enumerated().map { place, value in
      Figure.Tick(place: Double(rows - place), label: PageTables.text(value))
    }
    panel.xTicks = grid.columns.values.enumerated().map { place, value in
      Figure.Tick(place: Double(place + 1), label: PageTables.text(value))
    }
    return Figure(
      title: "mean \(analysis.metric.name.replacing("_", with: " "))", xLabel: grid.columns.name,
      xRange: 0.5...(Double(grid.columns.values.count) + 0.5), panels: [panel])
  }
}
