import Testing

/// How far a number may be from the expected one: `absolute + relative * |expected|`.
public struct Tolerance: Sendable {
  public var relative: Double
  public var absolute: Double

  public init(relative: Double, absolute: Double) {
    self.relative = relative
    self.absolute = absolute
  }

  /// For values in double precision: 1e-10 relative.
  public static let golden = Tolerance(relative: 1e-10, absolute: 1e-12)
  /// For derivatives against central differences in double precision.
  public static let differences = Tolerance(relative: 1e-6, absolute: 1e-8)
  /// For float32 against double precision.
  public static let single = Tolerance(relative: 2e-6, absolute: 1e-6)

  /// Whether `actual` is close enough; NaN and infinities must be met exactly.
  public func accepts(_ actual: Double, _ expected: Double) -> Bool {
    if expected.isNaN { return actual.isNaN }
    if expected.isInfinite { return actual == expected }
    return (actual - expected).magnitude <= absolute + relative * expected.magnitude
  }
}

/// What separates two lists, worst place first, or nil when they agree.
public func difference(
  _ actual: [Double], _ expected: [Double], _ tolerance: Tolerance = .golden
) -> String? {
  guard actual.count == expected.count else {
    return "\(actual.count) numbers instead of \(expected.count)"
  }
  var worst: (place: Int, excess: Double)?
  for (place, pair) in zip(actual, expected).enumerated()
  where !tolerance.accepts(pair.0, pair.1) {
    let size = (pair.0 - pair.1).magnitude / max(pair.1.magnitude, 1e-300)
    let excess = size.isNaN ? .infinity : size
    if excess >= worst?.excess ?? -1 { worst = (place, excess) }
  }
  guard let worst else { return nil }
  return "at \(worst.place): \(actual[worst.place]) instead of \(expected[worst.place])"
}

/// Records an issue unless the two lists agree.
public func expectClose(
  _ actual: [Double], _ expected: [Double], _ tolerance: Tolerance = .golden,
  _ context: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let difference = difference(actual, expected, tolerance) else { return }
  Issue.record("\(context()) \(difference)", sourceLocation: sourceLocation)
}

/// Records an issue unless the two numbers agree.
public func expectClose(
  _ actual: Double, _ expected: Double, _ tolerance: Tolerance = .golden,
  _ context: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose([actual], [expected], tolerance, context(), sourceLocation: sourceLocation)
}
