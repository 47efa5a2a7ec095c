import ExperimentStore
import LuaBindings
import LuaRuntime
import TensorCore

/// Makes the picture of some things.
struct PlotMaker {
  static let points = 401
  let session: ScriptSession
  let options: PlotOptions

  /// The picture; things of different kinds do not go onto one.
  ///
  /// - Throws: `ReportError` for a mixture; whatever the drawn scripts throw.
  func figure(_ subjects: [PlotSubject]) throws -> Figure {
    var (curves, numbers): ([MarginCurve], [NumberList]) = ([], [])
    var (divergences, runs): ([MarginCurve], [RunDirectory]) = ([], [])
    let range = try range(subjects)
    for subject in subjects {
      switch subject {
      case .loss(let loss, let name):
        let isAlone = subjects.count == 1 && options.parameters.count == 1
        curves += try lossCurves(
          loss, name, MarginRange.margins(range, count: Self.points), isAlone: isAlone)
      case .function(let function, let name):
        curves.append(
          try functionCurve(function, name, MarginRange.margins(range, count: Self.points)))
      case .divergence(let divergence, let name):
        divergences += try divergenceCurves(divergence, name)
      case .numbers(let values, let name): numbers.append((name, nil, values))
      case .points(let x, let y, let name): numbers.append((name, x, y))
      case .run(let run): runs.append(run)
      }
    }
    let parts = [!curves.isEmpty, !divergences.isEmpty, !numbers.isEmpty, !runs.isEmpty]
    guard parts.count(where: { $0 }) == 1 else {
      throw ReportError(
        subjects.isEmpty
          ? "plot: nothing to draw; give a loss, a function, a tensor, or the name of a run"
          : "plot: losses and functions, divergences, numbers and runs need pictures of their own")
    }
    if !runs.isEmpty { return try runFigure(runs) }
    if !numbers.isEmpty { return try numberFigure(numbers) }
    return divergences.isEmpty
      ? curveFigure(curves, Set(subjects.compactMap(\.lossKind)), range)
      : divergenceFigure(divergences)
  }

  // MARK: Losses and functions

  private func range(_ subjects: [PlotSubject]) throws -> ClosedRange<Double> {
    if let from = options.from, let to = options.to { return from...to }
    let half =
      try subjects.contains(where: { $0.lossKind != nil })
      ? MarginRange.half { margins in
        try subjects.flatMap { subject -> [MarginCurve] in
          guard case .loss(let loss, let name) = subject else { return [] }
          return try lossCurves(loss, name, margins)
        }
      } : 5
    let (low, high) = (options.from ?? -half, options.to ?? half)
    guard low < high else { throw ReportError("plot: from \(low) is not below to \(high)") }
    return low...high
  }

  private func lossCurves(
    _ loss: MethodLoss, _ name: String, _ margins: [Double], isAlone: Bool = false
  ) throws -> [MarginCurve] {
    let known = Set(loss.parameters.map(\.name))
    return try options.parameters.flatMap { values in
      // One set of parameters serves losses that have only some of them.
      let own = values.filter { known.contains($0.key) }
      // A curve by itself has room for what was not given too; zeros mostly switch a term off.
      let shown = isAlone ? try loss.resolve(own).values.filter { $0.value != .number(0) } : own
      let full = name + LegendText.parameters(shown)
      return try MarginCurve.curves(loss, own, margins: margins, name: full, in: session)
    }
  }

  private func functionCurve(
    _ function: LuaFunction, _ name: String, _ places: [Double]
  ) throws -> MarginCurve {
    try session.holding {
      let x = try session.graph.tensor(places, shape: [places.count])
      let isNew = session.graph.track(x)
      defer { if isNew { session.graph.untrack(x) } }
      let results = try session.lua.call(function, [session.value(x)])
      guard let y = results.first.flatMap(session.tensor), y.shape == x.shape else {
        throw ReportError(
          "plot: \(name) must give a number for each of \(places.count) places, \(x.shape)")
      }
      let value = Handle(y)
      let ones = try session.graph.full(y.shape, 1, y.dtype)
      let slope = Handle(
        try session.graph.gradient(of: y, withRespectTo: [x], upstream: ones)[0])
      return MarginCurve(
        name: name, margins: places, values: try value.tensor.doubles(),
        slopes: try slope.tensor.doubles())
    }
  }

  private func curveFigure(
    _ curves: [MarginCurve], _ kinds: Set<LossContract.Kind>, _ range: ClosedRange<Double>
  ) -> Figure {
    let hasLoss = !kinds.isEmpty
    let words =
      hasLoss
      ? (x: marginLabel(kinds), y: "loss", dy: "gradient")
      : (x: "x", y: "f(x)", dy: "f'(x)")
    let title = curves.count == 1 ? curves[0].name : ""
    return pair(curves, title: title, words, range)
  }

  private func marginLabel(_ kinds: Set<LossContract.Kind>) -> String {
    switch kinds {
    case [.pairwise]: "margin: log-ratio of chosen less that of rejected [nats]"
    case [.preference]: "reward of chosen less that of rejected"
    case [.groupwise]: "margin: log-ratio of the best of four less that of the worst [nats]"
    case _ where kinds.isDisjoint(with: [.pairwise, .preference, .groupwise]):
      "log-ratio of policy to reference [nats]"
    default: "margin [nats]"
    }
  }

  /// A panel with the values and one with their derivatives.
  func pair(
    _ curves: [MarginCurve], title: String, _ words: (x: String, y: String, dy: String),
    _ range: ClosedRange<Double>
  ) -> Figure {
    let values = curves.enumerated().map { style, curve in
      Figure.Series(curve.name, style: style, x: curve.margins, y: curve.values)
    }
    let slopes = curves.enumerated().map { style, curve in
      Figure.Series(curve.name, style: style, x: curve.margins, y: curve.slopes)
    }
    return Figure(
      title: options.title ?? title, xLabel: options.xLabel ?? words.x, xRange: range,
      panels: [
        Figure.Panel(
          yLabel: options.yLabel ?? words.y, series: values, yRange: ShownRange.of(values),
          isLogarithmic: options.isLogarithmic),
        Figure.Panel(
          yLabel: words.dy, series: slopes, yRange: ShownRange.of(slopes), marksZero: true),
      ])
  }
}

extension PlotSubject {
  /// What a row of a loss is; nil for other things.
  var lossKind: LossContract.Kind? {
    if case .loss(let loss, _) = self { return loss.contract.kind }
    return nil
  }
}
