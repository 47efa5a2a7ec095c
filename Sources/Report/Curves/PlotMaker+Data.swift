import ExperimentStore
import LuaBindings
import TensorCore

extension PlotMaker {
  // MARK: Divergences

  func divergenceCurves(_ divergence: Divergence, _ name: String) throws -> [MarginCurve] {
    let (low, high) = (options.from ?? 0.01, options.to ?? 4)
    guard 0 < low, low < high else {
      throw ReportError("plot: a divergence is drawn over ratios above 0, not \(low) to \(high)")
    }
    let ratios = MarginRange.margins(low...high, count: PlotMaker.points)
    let known = Set(divergence.parameters.map(\.name))
    return try options.parameters.map { values in
      let own = values.filter { known.contains($0.key) }
      return try session.holding {
        let ratio = try session.graph.tensor(ratios, shape: [ratios.count])
        let held = Handle(ratio)
        defer { withExtendedLifetime(held) {} }
        let value = try divergence.value(ratio, own).tensor.doubles()
        let score = try divergence.score(try ratio.apply("log"), own).tensor.doubles()
        return MarginCurve(
          name: name + LegendText.parameters(own), margins: ratios, values: value, slopes: score)
      }
    }
  }

  func divergenceFigure(_ curves: [MarginCurve]) -> Figure {
    let title = curves.count == 1 ? curves[0].name : ""
    let words = (x: "u, ratio of policy to reference", y: "f(u)", dy: "f'(u)")
    let range = (options.from ?? 0)...(options.to ?? 4)
    return pair(curves, title: title, words, range)
  }

  // MARK: Numbers and runs

  /// Numbers with their horizontal places; 1, 2, ... where nil.
  typealias NumberList = (name: String, x: [Double]?, values: [Double])

  func numberFigure(_ lists: [NumberList]) throws -> Figure {
    let hasNames = lists.count > 1 || lists[0].x != nil
    if options.isHistogram {
      let bins = try Histogram.Bins(lists.flatMap(\.values), count: options.bins)
      let series = lists.enumerated().map { style, list in
        let histogram = Histogram(list.values, bins)
        return Figure.Series(
          hasNames ? list.name : "", style: style, mark: .bars(width: histogram.width),
          x: histogram.centres, y: histogram.shares)
      }
      let highest = series.flatMap(\.y).max() ?? 1
      return Figure(
        title: options.title ?? "", xLabel: options.xLabel ?? "value",
        panels: [
          Figure.Panel(
            yLabel: options.yLabel ?? "share", series: series, yRange: 0...(highest * 1.05),
            isLogarithmic: false)
        ])
    }
    let series = lists.enumerated().map { style, list in
      Figure.Series(
        hasNames ? list.name : "", style: style,
        x: list.x ?? list.values.indices.map { Double($0 + 1) }, y: list.values)
    }
    return Figure(
      title: options.title ?? "",
      xLabel: options.xLabel ?? (lists.contains { $0.x != nil } ? "x" : "index"),
      panels: [
        Figure.Panel(
          yLabel: options.yLabel ?? "value", series: series, yRange: nil,
          isLogarithmic: options.isLogarithmic)
      ])
  }

  func runFigure(_ runs: [RunDirectory]) throws -> Figure {
    let curves = try RunCurves(runs, metric: options.metric, stage: options.stage)
    var figure = curves.figure(title: options.title)
    if let label = options.xLabel { figure.xLabel = label }
    if let label = options.yLabel { figure.panels[0].yLabel = label }
    figure.panels[0].isLogarithmic = options.isLogarithmic
    return figure
  }
}
