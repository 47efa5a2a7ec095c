import Foundation

/// Numbers counted in bins of equal width.
public struct Histogram: Equatable, Sendable {
  /// Middle of each bin.
  public let centres: [Double]
  /// Numbers in each bin, as a part of all finite ones.
  public let shares: [Double]
  /// Width of a bin.
  public let width: Double

  /// The bins that several lists share.
  public struct Bins: Equatable, Sendable {
    /// Lower end of the first bin.
    let low: Double
    /// Width of a bin.
    let width: Double
    /// How many there are.
    let count: Int

    /// Bins over all finite numbers.
    ///
    /// - Parameters:
    ///   - values: the numbers of all lists.
    ///   - count: how many bins; by the rule of Freedman and Diaconis where nil.
    /// - Throws: `ReportError` where no number is finite.
    public init(_ values: [Double], count: Int?) throws {
      let sorted = values.filter(\.isFinite).sorted()
      guard let low = sorted.first, let high = sorted.last else {
        throw ReportError("plot: a histogram needs at least one finite number")
      }
      guard high > low else {
        (self.low, width, self.count) = (low - 0.5, 1, 1)
        return
      }
      let spread = sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
      let wanted = 2 * spread / cbrt(Double(sorted.count))
      let bins = count ?? (wanted > 0 ? Int(((high - low) / wanted).rounded(.up)) : 30)
      self.count = min(max(bins, 1), 200)
      self.low = low
      width = (high - low) / Double(self.count)
    }
  }

  /// Counts numbers; those that are not finite are left out.
  public init(_ values: [Double], _ bins: Bins) {
    var counts = [Int](repeating: 0, count: bins.count)
    let finite = values.filter(\.isFinite)
    for value in finite {
      let place = Int((value - bins.low) / bins.width)
      counts[min(max(place, 0), bins.count - 1)] += 1
    }
    width = bins.width
    centres = counts.indices.map { bins.low + (Double($0) + 0.5) * bins.width }
    shares = counts.map { Double($0) / Double(max(finite.count, 1)) }
  }
}
