import Foundation
import Notation
import Testing

@testable import ExperimentStore

@Suite struct CellLogTests {
  private let folder: TemporaryFolder
  private let plan = SampleExperiment.plan()

  init() throws { folder = try TemporaryFolder() }

  private var url: URL { folder.file("cells.jsonl") }

  private func stamped(_ cells: [CellRecord], _ time: Double) -> [CellRecord] {
    cells.map { cell in
      var cell = cell
      cell.time = time
      return cell
    }
  }

  @Test func readsBackWhatWasWritten() throws {
    var cells = SampleExperiment.cells(plan)
    cells[0].status = .timedOut
    cells[0].metrics = ["value": .number(.nan)]
    (cells[0].reason, cells[0].note) = ("took more than 30 s", "slow")
    (cells[0].peakBytes, cells[0].started) = (1 << 40, 12.5)
    (cells[0].replaces, cells[0].staleReason) = ("abc", "loss source changed: line 12")
    cells[0].extra = ["lineage": ["a", "b"]]
    cells[1].seed = .max
    let log = try CellLog(appendingTo: url, now: { 7.25 }, write: LineFile.systemWrite)
    try log.append(Array(cells[..<3]))
    try log.append([])
    try log.append(Array(cells[3...]))
    #expect(log.completeLines == cells.count)
    let found = try CellLog.read(url).elements
    let expected = stamped(cells, 7.25)
    #expect(found[0]["value"]?.isNaN == true)
    #expect(found[0].status == .timedOut)
    #expect(Array(found.dropFirst()) == Array(expected.dropFirst()))
    #expect(found[0].reason == expected[0].reason && found[0].extra == expected[0].extra)
    #expect(found[1].seed == .max)
  }

  @Test func linesAreStable() throws {
    let line = JSONValue.object(SampleExperiment.cells(plan)[0].record).compactText
    #expect(line.hasPrefix("{\"id\":\""))
    #expect(line.contains("\"arm\":\"dpo, beta 0.1\",\"settings\":{\"loss\":\"dpo\",\"beta\":0.1}"))
    #expect(
      line.contains("\"curves\":{\"value\":{\"steps\":[0,50,100],\"values\":[0.0,0.05,0.1]}}"))
  }

  /// Whatever part of the last line a killed writer left, the complete ones survive.
  @Test func everyTornLastLineIsIgnoredAndCutOff() throws {
    let cells = Array(SampleExperiment.cells(plan)[..<2])
    try CellLog(appendingTo: url).append(cells)
    let whole = try Data(contentsOf: url)
    let first = whole.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    for length in stride(from: first, to: whole.count, by: 7) {
      try whole.prefix(length).write(to: url)
      #expect(try CellLog.read(url).elements.map(\.id) == [cells[0].id])
      let log = try CellLog(appendingTo: url)
      try log.append([cells[1]])
      #expect(try CellLog.read(url).elements.map(\.id) == cells.map(\.id))
    }
  }

  @Test func damageInTheMiddleNamesTheLine() throws {
    try CellLog(appendingTo: url).append(Array(SampleExperiment.cells(plan)[..<2]))
    let text = try String(contentsOf: url, encoding: .utf8)
    let lines = text.split(separator: "\n")
    try "\(lines[0])\n{\"id\":3}\n\(lines[1])\n".write(to: url, atomically: true, encoding: .utf8)
    #expect {
      try CellLog.read(url)
    } throws: { error in
      "\(error)".contains("cells.jsonl:2: expected a cell")
    }
  }

  @Test func secondWriterIsRefused() throws {
    let log = try CellLog(appendingTo: url)
    #expect(LineFile.isBeingWritten(url))
    #expect(throws: StoreError.locked(path: url.path)) { try CellLog(appendingTo: url) }
    withExtendedLifetime(log) {}
  }

  @Test func curvesMayBePairs() throws {
    let cell = try #require(
      CellRecord([
        "id": "a", "arm": "x", "seed": "7", "status": "diverged",
        "curves": ["loss": [[0, 1.5], [10, 0.5]]],
      ]))
    #expect(cell.curves == [CellRecord.Curve(metric: "loss", steps: [0, 10], values: [1.5, 0.5])])
    #expect(cell.seed == 7 && cell.phase == .report && cell.split == "reported")
    #expect(CellRecord(["id": "a", "arm": "x", "seed": -1, "status": "finished"]) == nil)
    #expect(CellRecord(["id": "a", "arm": "x", "seed": 1, "status": "unheard"]) == nil)
  }
}
