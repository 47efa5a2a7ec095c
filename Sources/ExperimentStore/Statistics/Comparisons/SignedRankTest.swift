/// Wilcoxon's signed-rank test of paired differences against a distribution symmetric around zero.
public struct SignedRankTest: Equatable, Sendable {
  /// What becomes of differences that are zero.
  public enum ZeroHandling: String, Equatable, Sendable {
    /// They are left out before ranking (Wilcoxon 1945).
    case dropped
    /// They are ranked with the others, then left out (Pratt 1959).
    case ranked
  }

  /// How the p value is computed.
  public enum Computation: String, Equatable, Sendable {
    /// From all 2ⁿ signs of the ranks at hand, ties included.
    case exact
    /// From the normal approximation with the variance corrected for ties.
    case normal
  }

  /// Above so many differences the normal approximation takes over, unless told otherwise.
  public static let largestExact = 50

  /// The smaller of the sums of ranks of positive and negative differences.
  public let statistic: Double
  /// Sum of the ranks of positive differences.
  public let positiveRanks: Double
  /// The two-sided p value.
  public let pValue: Double
  /// Number of differences that are not zero.
  public let count: Int
  /// How it was computed.
  public let computation: Computation

  /// Tests differences.
  ///
  /// - Parameters:
  ///   - differences: Paired differences in any order.
  ///   - zeros: What becomes of zeros.
  ///   - computation: Nil for exact up to `largestExact` differences.
  /// - Throws: `StoreError.statistics` without differences or with NaN among them.
  public init(
    _ differences: [Double], zeros: ZeroHandling = .dropped, computation: Computation? = nil
  ) throws {
    guard !differences.isEmpty, !differences.contains(where: \.isNaN) else {
      throw StoreError.statistics("a signed-rank test needs differences, none of them NaN")
    }
    let used = zeros == .dropped ? differences.filter { $0 != 0 } : differences
    let ranks = Ranks(used.map(abs))
    let signed = zip(used, ranks.values).filter { $0.0 != 0 }
    count = signed.count
    let positive = Descriptive.sum(signed.filter { $0.0 > 0 }.map(\.1))
    let total = Descriptive.sum(signed.map(\.1))
    (positiveRanks, statistic) = (positive, min(positive, total - positive))
    let way = computation ?? (differences.count <= Self.largestExact ? .exact : .normal)
    self.computation = way
    switch way {
    case .exact: pValue = Self.exact(signed.map(\.1), statistic: statistic)
    case .normal:
      pValue = Self.normal(positive, ranks, used: used.count, zeros: used.count - count)
    }
  }

  /// The smallest two-sided p that so many pairs can give: 2 / 2ⁿ.
  ///
  /// - Parameter pairs: Number of pairs.
  /// - Returns: In (0, 1].
  public static func smallestAttainable(pairs: Int) -> Double {
    pairs < 1 ? 1 : max(0x1p-1022, Double(sign: .plus, exponent: 1 - pairs, significand: 1))
  }

  /// How many ways of choosing signs give a sum of at most the statistic, by dynamic programming
  /// over doubled ranks, which are whole numbers also where ranks are shared.
  private static func exact(_ ranks: [Double], statistic: Double) -> Double {
    guard !ranks.isEmpty else { return 1 }
    let doubled = ranks.map { Int(($0 * 2).rounded()) }
    let limit = Int((statistic * 2).rounded())
    var ways = [Double](repeating: 0, count: limit + 1)
    ways[0] = 1
    for rank in doubled {
      // Halving at each rank turns counts into probabilities without overflow.
      for sum in stride(from: limit, through: 0, by: -1) {
        ways[sum] = 0.5 * (ways[sum] + (sum >= rank ? ways[sum - rank] : 0))
      }
    }
    return min(1, 2 * Descriptive.sum(ways))
  }

  private static func normal(
    _ positive: Double, _ ranks: Ranks, used: Int, zeros: Int
  ) -> Double {
    let (n, z) = (Double(used), Double(zeros))
    let mean = (n * (n + 1) - z * (z + 1)) / 4
    // Zeros share a rank, which is no tie of differences.
    let ties = ranks.ties.dropFirst(zeros > 0 ? 1 : 0)
    let tied = Descriptive.sum(ties.map { Double($0) * (Double($0) * Double($0) - 1) })
    let variance =
      (n * (n + 1) * (2 * n + 1) - z * (z + 1) * (2 * z + 1) - tied / 2) / 24
    guard variance > 0 else { return 1 }
    let score = (positive - mean) / variance.squareRoot()
    return min(1, 2 * NormalDistribution.cumulative(-abs(score)))
  }
}

/// Ranks from 1, equal values sharing the mean of theirs.
struct Ranks {
  /// One rank a value, in the order of the values.
  private(set) var values: [Double]
  /// How many values share each rank, ascending; 1 for a value of its own.
  private(set) var ties: [Int] = []

  init(_ numbers: [Double]) {
    values = [Double](repeating: 0, count: numbers.count)
    let order = numbers.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, numbers[order[end]] == numbers[order[start]] { end += 1 }
      for place in start..<end { values[order[place]] = Double(start + end + 1) / 2 }
      ties.append(end - start)
      start = end
    }
  }
}
