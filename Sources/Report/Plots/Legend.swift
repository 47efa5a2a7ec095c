/// Where a legend hides least of the curves.
enum LegendPlace: String, CaseIterable {
  case topRight = "top right"
  case topLeft = "top left"
  case bottomRight = "bottom right"
  case bottomLeft = "bottom left"

  /// The corner of the panel with the fewest points in the box that a legend takes.
  ///
  /// - Parameters:
  ///   - panel: what is drawn.
  ///   - width: of the legend, as a part of the panel's.
  ///   - height: of the legend, as a part of the panel's.
  /// - Returns: The corner.
  static func best(_ panel: Figure.Panel, width: Double, height: Double) -> LegendPlace {
    let points = panel.series.flatMap { series in
      zip(series.x, series.y).filter { $0.0.isFinite && $0.1.isFinite }
    }
    let (xs, ys) = (points.map(\.0), points.map(\.1))
    guard let left = xs.min(), let right = xs.max(), right > left,
      let low = panel.yRange?.lowerBound ?? ys.min(),
      let high = panel.yRange?.upperBound ?? ys.max(), high > low
    else { return .topRight }
    let places = points.map { (($0.0 - left) / (right - left), ($0.1 - low) / (high - low)) }
    func covered(_ corner: LegendPlace) -> Int {
      places.count { x, y in
        (0...1).contains(y)
          && (corner.isRight ? x > 1 - width : x < width)
          && (corner.isTop ? y > 1 - height : y < height)
      }
    }
    let counts = allCases.map(covered)
    let least = counts.min() ?? 0
    return zip(allCases, counts).first { $0.1 == least }?.0 ?? .topRight
  }

  private var isRight: Bool { self == .topRight || self == .bottomRight }
  private var isTop: Bool { self == .topRight || self == .topLeft }
}
