/// The chance that a run of one arm beats a run of another.
public enum ProbabilityOfImprovement {
  /// Over all combinations of runs of a task, averaged over tasks; ties count half.
  ///
  /// The Mann-Whitney statistic over its largest value (Agarwal et al. 2021). It needs no pairs.
  ///
  /// - Parameters:
  ///   - first: Strata of the arm asked about; higher is better.
  ///   - second: Strata of the other arm, as many.
  /// - Returns: In [0, 1].
  /// - Throws: `StoreError.statistics` when strata are missing or empty.
  public static func value(_ first: [[Double]], _ second: [[Double]]) throws -> Double {
    guard first.count == second.count, !first.isEmpty,
      !(first + second).contains(where: \.isEmpty)
    else {
      throw StoreError.statistics("a probability of improvement needs runs of the same tasks")
    }
    let shares = zip(first, second).map { own, other in
      let sorted = other.sorted()
      // Halves add up exactly, so that the order of the runs does not matter.
      var wins = 0.0
      for value in own {
        let below = place(in: sorted) { $0 < value }
        let notAbove = place(in: sorted) { $0 <= value }
        wins += 0.5 * Double(below + notAbove)
      }
      return wins / Double(own.count * other.count)
    }
    return try Descriptive.mean(shares)
  }

  /// How many of the first of sorted values have a property that only the first ones have.
  private static func place(in sorted: [Double], where isBefore: (Double) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
