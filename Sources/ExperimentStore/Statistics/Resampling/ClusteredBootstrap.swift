/// One observation of an experiment repeated over seeds on data that comes in blocks.
public struct ClusteredObservation: Equatable, Sendable {
  /// What was observed, such as 1 for a pair ordered rightly, 0.5 for a tie, 0 otherwise.
  public var value: Double
  /// The trial it comes from.
  public var seed: Int
  /// The blocks of the data it touches: one, or two when it compares members of two blocks.
  public var blocks: [Int]

  /// Makes an observation.
  public init(value: Double, seed: Int, blocks: [Int]) {
    (self.value, self.seed, self.blocks) = (value, seed, blocks)
  }
}

extension Bootstrap {
  /// Interval of a mean over seeds and blocks, both resampled together.
  ///
  /// Seeds and blocks are crossed, not nested, so each is drawn with replacement on its own, and
  /// an observation counts as often as the product of how often its seed and its blocks were
  /// drawn (Owen 2007). Observations of one seed or one block may depend on each other in any way.
  /// For a paired comparison give the differences of the two arms as values.
  ///
  /// - Parameter observations: From at least two seeds or two blocks; each touches a block.
  /// - Returns: The interval of the mean over all observations.
  /// - Throws: `StoreError.statistics` when there is nothing to resample.
  public func clusteredMean(_ observations: [ClusteredObservation]) throws -> ConfidenceInterval {
    let cells = try ClusterCells(observations)
    let estimate = try Descriptive.mean(observations.map(\.value))
    return try interval(estimate: estimate) { generator in
      // A single seed or block is taken as it is: there is nothing to learn from resampling it.
      let seeds = cells.seedCount > 1 ? generator.multiplicities(cells.seedCount) : [1]
      let blocks = cells.blockCount > 1 ? generator.multiplicities(cells.blockCount) : [1]
      var (sum, count) = (0.0, 0.0)
      for cell in cells.cells {
        var weight = seeds[cell.seed] * blocks[cell.first]
        if cell.second != cell.first { weight *= blocks[cell.second] }
        sum += weight * cell.sum
        count += weight * cell.count
      }
      return count > 0 ? sum / count : nil
    }
  }
}

/// Observations added up by seed and blocks: resampling then costs by cell, not by observation.
private struct ClusterCells {
  struct Key: Hashable {
    var seed: Int
    var first: Int
    var second: Int
  }

  struct Cell {
    var seed: Int
    var first: Int
    var second: Int
    var sum: Double
    var count: Double
  }

  var cells: [Cell] = []
  var seedCount: Int
  var blockCount: Int

  init(_ observations: [ClusteredObservation]) throws {
    let seeds = Self.positions(observations.map(\.seed))
    let blocks = Self.positions(observations.flatMap(\.blocks))
    (seedCount, blockCount) = (seeds.count, blocks.count)
    guard seedCount > 1 || blockCount > 1 else {
      throw StoreError.statistics("a clustered bootstrap needs at least 2 seeds or 2 blocks")
    }
    // Cells stand in the order of their first observation, so that sums do not depend on hashing.
    var places: [Key: Int] = [:]
    for observation in observations {
      let touched = observation.blocks.compactMap { blocks[$0] }.sorted()
      guard let seed = seeds[observation.seed], let first = touched.first,
        let second = touched.last, touched.count <= 2
      else {
        throw StoreError.statistics(
          "an observation touches 1 or 2 blocks, not \(observation.blocks.count)")
      }
      let key = Key(seed: seed, first: first, second: second)
      if let place = places[key] {
        cells[place].sum += observation.value
        cells[place].count += 1
      } else {
        places[key] = cells.count
        cells.append(
          Cell(seed: seed, first: first, second: second, sum: observation.value, count: 1))
      }
    }
  }

  private static func positions(_ labels: [Int]) -> [Int: Int] {
    var positions: [Int: Int] = [:]
    for label in labels where positions[label] == nil { positions[label] = positions.count }
    return positions
  }
}
