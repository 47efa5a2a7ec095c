/// The extents of a tensor, outermost first; empty for a scalar.
public struct Shape: Hashable, Sendable, CustomStringConvertible, ExpressibleByArrayLiteral {
  /// The extent of each axis.
  public let dims: [Int]
  /// Number of elements.
  public let count: Int

  /// Extents that multiply to more than `limit` count as `limit`; no operation gives such a shape.
  public init(_ dims: [Int]) {
    self.dims = dims
    var count = 1
    var isLarge = false
    for extent in dims {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if extent == 0 {
        (count, isLarge) = (0, false)
        break
      }
      isLarge = isLarge || overflow || product > Shape.limit
      count = isLarge ? Shape.limit : product
    }
    self.count = count
  }

  /// More elements than any machine holds, few enough to count bytes.
  public static let limit = 1 << 48

  /// Whether it has more elements than any machine holds.
  public var isTooLarge: Bool { count >= Shape.limit }

  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// The shape of a single number.
  public static let scalar = Shape([])

  /// Number of axes.
  public var rank: Int { dims.count }

  /// The extent of a 0-based, non-negative axis.
  public subscript(axis: Int) -> Int { dims[axis] }

  /// `[2, 3]`; `[]` for a scalar.
  public var description: String {
    "[" + dims.map(String.init).joined(separator: ", ") + "]"
  }

  /// Steps, in elements, between neighbours along each axis of a row-major layout.
  public var strides: [Int] {
    var result = [Int](repeating: 1, count: rank)
    var step = 1
    for axis in stride(from: rank - 1, through: 0, by: -1) {
      result[axis] = step
      step = step &* dims[axis]
    }
    return result
  }

  /// This shape with each of `axes` reduced to extent one.
  public func keeping(_ axes: [Int]) -> Shape {
    var result = dims
    for axis in axes { result[axis] = 1 }
    return Shape(result)
  }

  /// This shape without `axes`.
  public func removing(_ axes: [Int]) -> Shape {
    Shape(dims.indices.filter { !axes.contains($0) }.map { dims[$0] })
  }

  /// The shape two operands have in common, trailing axes aligned, or nil when they have none.
  public func broadcast(with other: Shape) -> Shape? {
    if self == other { return self }
    let rank = max(self.rank, other.rank)
    var result = [Int](repeating: 1, count: rank)
    for back in 1...max(rank, 1) where back <= rank {
      let left = back <= self.rank ? dims[self.rank - back] : 1
      let right = back <= other.rank ? other.dims[other.rank - back] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      result[rank - back] = left == 1 ? right : left
    }
    let shape = Shape(result)
    return shape.isTooLarge ? nil : shape
  }

  /// A non-negative axis for a 0-based `axis` that may count from the end, or nil.
  public func resolve(axis: Int) -> Int? {
    let resolved = axis < 0 ? axis + rank : axis
    return resolved >= 0 && resolved < rank ? resolved : nil
  }
}
