/// A few sequence lengths that all examples are padded to, so that shapes are few.
public struct LengthBuckets: Sendable, Equatable {
  /// The padded lengths in tokens, ascending.
  public let lengths: [Int]

  /// Takes given lengths.
  ///
  /// - Parameter lengths: padded lengths in tokens, in any order; those below 1 are dropped.
  public init(_ lengths: [Int]) {
    self.lengths = Set(lengths.filter { $0 > 0 }).sorted()
  }

  /// Chooses the lengths that pad least.
  ///
  /// - Parameters:
  ///   - examples: the length of each example, in tokens.
  ///   - count: how many buckets at most.
  ///   - multiple: every length is a multiple of this.
  public init(fitting examples: [Int], count: Int = 4, multiple: Int = 8) {
    let step = max(multiple, 1)
    let steps = max((examples.max() ?? 1) + step - 1, step) / step
    // below[s]: how many examples fit into s steps.
    var below = [Int](repeating: 0, count: steps + 1)
    for length in examples { below[max((length + step - 1) / step, 1)] += 1 }
    for index in 1...steps { below[index] += below[index - 1] }
    self.init(Self.cuts(below: below, count: max(count, 1)).map { $0 * step })
  }

  /// The least-padding cuts, by dynamic programming over the last cut and the number of buckets.
  private static func cuts(below: [Int], count: Int) -> [Int] {
    let steps = below.count - 1
    // cost[s]: least padded size of all examples of up to s steps, with the last bucket at s.
    var cost = (0...steps).map { $0 * below[$0] }
    var previous = [[Int](repeating: 0, count: steps + 1)]
    for _ in 1..<max(count, 2) where count > 1 {
      var better = cost
      var chosen = [Int](repeating: 0, count: steps + 1)
      for last in 1...steps {
        for cut in 1..<max(last, 1) {
          let total = cost[cut] + last * (below[last] - below[cut])
          if total < better[last] {
            better[last] = total
            chosen[last] = cut
          }
        }
      }
      cost = better
      previous.append(chosen)
    }
    var cuts = [steps]
    for chosen in previous.reversed() {
      if let first = cuts.first, chosen[first] > 0 { cuts.insert(chosen[first], at: 0) }
    }
    return cuts
  }

  /// Returns the smallest bucket that holds a length; nil when none does.
  ///
  /// - Parameter length: in tokens.
  /// - Returns: the position of the bucket in `lengths`.
  public func bucket(for length: Int) -> Int? {
    lengths.firstIndex { $0 >= length }
  }
}
