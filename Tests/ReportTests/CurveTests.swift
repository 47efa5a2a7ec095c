import ExperimentStore
import Foundation
import LuaBindings
import LuaRuntime
import Methods
import Notation
import Testing

@testable import Report

/// The numbers behind the pictures.
@Suite struct CurveTests {
  private let catalogue: MethodCatalogue

  init() throws {
    catalogue = try MethodCatalogue(StandardLibrary.find(), in: ScriptSession())
  }

  private func curves(
    _ name: String, _ margins: [Double], _ values: [String: ParameterValue] = [:]
  ) throws -> [MarginCurve] {
    try MarginCurve.curves(
      catalogue.loss(name), values, margins: margins, name: name, in: catalogue.session)
  }

  @Test func directPreferenceOptimization() throws {
    let margins = [-30.0, -1, 0, 2.5, 40]
    let curve = try #require(try curves("dpo", margins, ["beta": .number(0.5)]).first)
    for (index, margin) in margins.enumerated() {
      let value = log1p(exp(-0.5 * margin))
      let slope = -0.5 / (1 + exp(0.5 * margin))
      #expect(abs(curve.values[index] - value) < 1e-12 * max(1, value))
      #expect(abs(curve.slopes[index] - slope) < 1e-12)
    }
  }

  @Test(arguments: ["dpo", "ipo", "hinge", "simpo", "orpo", "kto", "aot", "bradley_terry", "sft"])
  func slopesAreThoseOfTheValues(name: String) throws {
    let places = [-7.3, -1.1, 0.4, 3.7]
    let step = 1e-5
    let margins = places.flatMap { [$0 - step, $0, $0 + step] }
    for curve in try curves(name, margins) {
      for index in places.indices {
        let quotient = (curve.values[3 * index + 2] - curve.values[3 * index]) / (2 * step)
        let slope = curve.slopes[3 * index + 1]
        #expect(abs(quotient - slope) < 1e-5 * max(1, abs(slope)), "\(curve.name)")
      }
    }
  }

  /// Whatever a loss needs, it has curves; what the margin does not tell is in their names.
  @Test func everyLossOfTheLibraryHasCurves() throws {
    for entry in catalogue.library.entries
    where ["losses", "preference_models"].contains(entry.family) {
      let loss = try catalogue.loss(entry.name)
      let found = try curves(entry.name, [-2, 0, 2])
      #expect(found.count == (loss.contract.kind == .unpaired ? 2 : 1), "\(entry.name)")
      for curve in found {
        let areFinite = (curve.values + curve.slopes).allSatisfy(\.isFinite)
        #expect(areFinite, "\(curve.name): \(curve.values) \(curve.slopes)")
      }
    }
    let name = try curves("sppo", [0])[0].name
    #expect(name == "sppo [chosen_win, rejected_win 0.5]")
  }

  /// Four members whose log-ratios are m/2, m/6, -m/6, -m/2, the best first.
  @Test func groupsHaveAMargin() throws {
    let margins = [-3.0, 0, 1.5]
    let curve = try #require(try curves("plackett_luce", margins, ["beta": .number(1)]).first)
    for (margin, value) in zip(margins, curve.values) {
      let scores = [1, 1.0 / 3, -1.0 / 3, -1].map { exp($0 * margin / 2) }
      let expected = (0..<3).reduce(0.0) { sum, first in
        sum - log(scores[first] / scores[first...].reduce(0, +))
      }
      #expect(abs(value - expected) < 1e-9, "\(value) \(expected)")
    }
  }

  @Test func rangesShowWhereALossTurns() throws {
    func half(_ name: String, _ values: [String: ParameterValue] = [:]) throws -> Double {
      try MarginRange.half { try curves(name, $0, values) }
    }
    #expect(try half("dpo") == 50)
    #expect(try half("dpo", ["beta": .number(1)]) == 5)
    #expect(try half("ipo") == 10)
  }

  @Test func clippedRangesKeepTheUsualCurves() {
    func series(_ y: [Double]) -> Figure.Series {
      Figure.Series("", style: 0, x: y.indices.map(Double.init), y: y)
    }
    let range = ShownRange.of([series([0, 1]), series([0, 2]), series([0, 1000])])
    #expect((range?.upperBound ?? 0) > 7.9 && (range?.upperBound ?? 0) < 9)
    #expect((ShownRange.of([series([0, 1000])])?.upperBound ?? 0) > 1000)
    #expect(ShownRange.of([series([.nan])]) == nil)
    #expect(ShownRange.of([series([3, 3])])?.contains(3) == true)
  }

  @Test func histogramsCountAll() throws {
    let values = [0, 0.1, 0.9, 1, .nan, .infinity]
    let histogram = Histogram(values, try Histogram.Bins(values, count: 2))
    #expect(histogram.shares == [0.5, 0.5])
    #expect(histogram.centres == [0.25, 0.75])
    let same = [4.0, 4, 4]
    #expect(Histogram(same, try Histogram.Bins(same, count: nil)).shares == [1])
    #expect(throws: ReportError.self) { try Histogram.Bins([.nan], count: nil) }
  }
}

/// Curves of runs.
@Suite struct RunCurvesTests {
  /// Runs of two settings with three and one seeds.
  private func runs(in root: URL) throws -> [RunDirectory] {
    try [(0.1, 1), (0.1, 2), (0.1, 3), (0.5, 1)].map { beta, seed in
      let configuration = RunConfiguration(
        subject: "test", options: ["beta": .number(beta), "seed": .integer(Int64(seed))],
        seed: Int64(seed))
      let run = try RunDirectory.create(configuration, in: root)
      let log = try run.openLog()
      try log.append(.stageStarted(stage: "preference", details: [:]))
      for step in 1...3 {
        let value = Double(step * 10 + seed) + beta
        try log.append(
          .step(stage: "preference", step: step, metrics: ["loss": .number(value)]))
      }
      return run
    }
  }

  @Test func seedsMakeABand() throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("perigee-\(UUID().uuidString)", isDirectory: true)
    defer { try? FileManager.default.removeItem(at: root) }
    let curves = try RunCurves(runs(in: root), metric: nil, stage: nil)
    #expect(curves.metric == "loss" && curves.stage == "preference")
    #expect(curves.groups.map(\.name) == ["beta 0.1 (3 seeds)", "beta 0.5"])
    #expect(curves.groups[0].steps == [1, 2, 3])
    #expect(zip(curves.groups[0].mean, [12.1, 22.1, 32.1]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(curves.groups[0].lower[0] >= 11.1 && curves.groups[0].upper[0] <= 13.1)
    #expect(curves.groups[1].lower == [])
    let figure = curves.figure(title: nil)
    #expect(figure.panels[0].series.count == 3)
    #expect(figure.xLabel == "step")
    #expect {
      try RunCurves(runs(in: root), metric: "accuracy", stage: nil)
    } throws: {
      "\($0)".contains("it has loss")
    }
  }
}
