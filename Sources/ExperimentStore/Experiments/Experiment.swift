import Foundation
import Notation

/// An experiment as its folder tells it at one moment.
public struct Experiment: Equatable, Sendable {
  /// The folder.
  public let directory: ExperimentDirectory
  /// What was to be done.
  public let plan: ExperimentPlan
  /// Every cell once, in the order first written; of a repeated cell the last line holds.
  public let cells: [CellRecord]
  /// How far it got.
  public let state: RunRecord.State

  /// Reads a folder.
  ///
  /// - Parameter directory: The folder; a record of cells need not exist yet.
  /// - Throws: `StoreError` with file, line and reason.
  public init(_ directory: ExperimentDirectory) throws {
    let plan = try directory.plan()
    let isRunning = directory.isBeingWritten
    let hasCells = FileManager.default.fileExists(atPath: directory.cellsURL.path)
    let lines = try hasCells ? CellLog.read(directory.cellsURL).elements : []
    self.init(directory, plan, lines: lines, isRunning: isRunning)
  }

  init(
    _ directory: ExperimentDirectory, _ plan: ExperimentPlan, lines: [CellRecord], isRunning: Bool
  ) {
    var places: [String: Int] = [:]
    var cells: [CellRecord] = []
    for cell in lines {
      if let place = places[cell.id] {
        cells[place] = cell
      } else {
        places[cell.id] = cells.count
        cells.append(cell)
      }
    }
    (self.directory, self.plan, self.cells) = (directory, plan, cells)
    let missing = plan.cells.map { ids in ids.contains { places[$0] == nil } }
    let isComplete = missing.map { !$0 } ?? !cells.isEmpty
    state = isRunning ? .running : isComplete ? .finished : .stopped
  }

  /// The cells that comparisons are made of: reported, and part of the present plan.
  public var reported: [CellRecord] {
    let arms = Set(plan.arms.map(\.name))
    let wanted = plan.cells.map(Set.init)
    return cells.filter { cell in
      cell.phase == .report && arms.contains(cell.arm) && wanted?.contains(cell.id) ?? true
    }
  }

  /// Reported cells that the present plan does not name.
  public var leftOut: Int {
    cells.count { $0.phase == .report } - reported.count
  }

  /// Cells of the plan that are not there yet; nil where the plan does not list its cells.
  public var missing: Int? {
    let there = Set(cells.map(\.id))
    return plan.cells.map { ids in ids.count { !there.contains($0) } }
  }
}
