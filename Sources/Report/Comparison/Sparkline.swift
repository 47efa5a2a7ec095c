/// A curve in one line of text.
public enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// Draws values as blocks of eight heights.
  ///
  /// - Parameters:
  ///   - values: In order; values that are not finite leave a space.
  ///   - width: At most so many characters; longer series are averaged in pieces.
  ///   - range: What the lowest and the highest block stand for; that of the values where nil.
  /// - Returns: Text without line breaks; empty of no values.
  public static func text(
    _ values: [Double], width: Int = 24, range: ClosedRange<Double>? = nil
  ) -> String {
    let points = values.count <= width ? values : pieces(values, width)
    let finite = points.filter(\.isFinite)
    guard let low = range?.lowerBound ?? finite.min(),
      let high = range?.upperBound ?? finite.max()
    else { return "" }
    return String(
      points.map { value -> Character in
        guard value.isFinite else { return " " }
        guard high > low else { return blocks[3] }
        let place = Int(((value - low) / (high - low) * 7).rounded())
        return blocks[min(7, max(0, place))]
      })
  }

  private static func pieces(_ values: [Double], _ count: Int) -> [Double] {
    (0..<count).map { piece in
      let (start, end) = (piece * values.count / count, (piece + 1) * values.count / count)
      let part = values[start..<end]
      return part.reduce(0, +) / Double(part.count)
    }
  }
}
