/// A number of a formula that may depend on the size of the batch.
public struct Extent: Hashable, Sendable {
  /// The number is `constant + rows B + tokens T + both B T`, or one over it.
  public var constant = 0.0
  /// Multiplies the number of rows.
  public var rows = 0.0
  /// Multiplies the number of tokens a row has room for.
  public var tokens = 0.0
  /// Multiplies the number of places.
  public var both = 0.0
  /// Whether one over the sum is meant.
  public var isReciprocal = false
  /// The number is at least this, where the sum is smaller.
  public var minimum: Double?

  /// A size of batch that something was recorded at.
  public struct Size: Hashable, Sendable {
    /// Rows of the batch.
    public let rows: Int
    /// Tokens that a row has room for.
    public let tokens: Int

    public init(rows: Int, tokens: Int) {
      self.rows = rows
      self.tokens = tokens
    }
  }

  /// A fixed number.
  public init(_ constant: Double) { self.constant = constant }

  /// Whether the number does not depend on the batch.
  public var isFixed: Bool { rows == 0 && tokens == 0 && both == 0 }

  /// The number as an integer, where it is one.
  public var integer: Int? { isFixed ? Int(exactly: constant) : nil }

  /// The number at a size.
  public func value(at size: Size) -> Double {
    let (b, t) = (Double(size.rows), Double(size.tokens))
    let sum = constant + rows * b + tokens * t + both * b * t
    let value = isReciprocal ? 1 / sum : sum
    return minimum.map { max($0, value) } ?? value
  }

  /// The sizes that recordings are made at: two that differ in rows, one in tokens, and one to
  /// try the guess on.
  public static let probes = [
    Size(rows: 5, tokens: 7), Size(rows: 11, tokens: 7), Size(rows: 5, tokens: 13),
    Size(rows: 23, tokens: 17),
  ]

  /// Finds the expression that gives `values` at `probes`; nil where there is no simple one.
  static func fit(_ values: [Double]) -> Extent? {
    guard let first = values.first else { return nil }
    if values.allSatisfy({ $0 == first || ($0.isNaN && first.isNaN) }) { return Extent(first) }
    if let sum = fitSum(values) { return sum }
    guard !values.contains(0), var result = fitSum(values.map { 1 / $0 }) else { return nil }
    result.isReciprocal = true
    return result
  }

  private static func fitSum(_ values: [Double]) -> Extent? {
    let sizes = probes
    var sum = Extent(0)
    sum.rows = (values[1] - values[0]) / Double(sizes[1].rows - sizes[0].rows)
    sum.tokens = (values[2] - values[0]) / Double(sizes[2].tokens - sizes[0].tokens)
    sum.constant =
      values[0] - sum.rows * Double(sizes[0].rows) - sum.tokens * Double(sizes[0].tokens)
    var product = Extent(0)
    product.both = values[0] / Double(sizes[0].rows * sizes[0].tokens)
    return [sum.rounded, product.rounded].first { guess in
      zip(sizes, values).allSatisfy { abs(guess.value(at: $0) - $1) <= 1e-9 * max(1, abs($1)) }
    }
  }

  /// Coefficients without what rounding left of them.
  private var rounded: Extent {
    var result = self
    for part in [\Extent.constant, \.rows, \.tokens, \.both] {
      let near = (self[keyPath: part] * 1e6).rounded() / 1e6
      if abs(near - self[keyPath: part]) < 1e-9 { result[keyPath: part] = near }
    }
    return result
  }
}
