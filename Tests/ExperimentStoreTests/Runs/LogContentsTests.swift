import Foundation
import Notation
import Testing

@testable import ExperimentStore

@Suite struct LogContentsTests {
  private func contents(_ events: [LogEvent]) throws -> LogContents {
    let lines = events.map { JSONValue.object($0.object(time: 0)).compactText + "\n" }
    return try LogContents(data: Data(lines.joined().utf8), path: "log.jsonl")
  }

  private func step(_ stage: String, _ step: Int, _ loss: Double) -> LogEvent {
    .step(stage: stage, step: step, metrics: ["loss": .number(loss)])
  }

  @Test func stepsRepeatedAfterAResumptionCountOnce() throws {
    let log = try contents([
      step("a", 1, 3), step("a", 2, 2), step("b", 1, 9), step("a", 3, 1.5),
      .resumed(stage: "a", step: 1), step("a", 2, 2.5), step("a", 3, 1),
    ])
    #expect(log.steps(of: "a").map(\.step) == [1, 2, 3])
    #expect(log.series("loss", stage: "a").map(\.value) == [3, 2.5, 1])
    #expect(log.series("loss", stage: "b").map(\.value) == [9])
    #expect(log.series("accuracy", stage: "a").isEmpty)
  }

  @Test func resultsKeepTheirFirstPlaceAndLastValue() throws {
    let log = try contents([
      .result(name: "accuracy", value: 0.5), .result(name: "length", value: 7),
      .result(name: "accuracy", value: 0.75),
    ])
    #expect(log.results == ["accuracy": 0.75, "length": 7])
  }

  @Test func stagesInOrder() throws {
    let log = try contents([
      .stageStarted(stage: "supervised", details: [:]),
      .stageEnded(stage: "supervised", details: [:]),
      .stageStarted(stage: "preference", details: [:]),
      .stageStarted(stage: "preference", details: [:]),
    ])
    #expect(log.stages == ["supervised", "preference"])
  }

  @Test func missingLogNamesThePath() {
    let url = URL(fileURLWithPath: "/nonexistent/log.jsonl")
    do {
      _ = try LogContents(contentsOf: url)
      Issue.record("read a file that is not there")
    } catch {
      #expect("\(error)".hasPrefix("/nonexistent/log.jsonl: cannot read: "))
    }
  }

  @Test func emptyLog() throws {
    let log = try contents([])
    #expect(log.events.isEmpty)
    #expect(log.results == [:])
  }
}
