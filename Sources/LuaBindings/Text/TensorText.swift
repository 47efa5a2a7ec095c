import TensorCore

/// A tensor as text: its numbers as an aligned table, elided where long, and its type and shape.
public enum TensorText {
  /// Elements of a tensor in row-major order, by their place.
  public typealias Elements = (Int) -> Double

  /// Columns of text where nobody knows the window's.
  static let usualColumns = 100
  /// Rows that are shown whole, and at each end of a longer axis.
  private static let rows = (longest: 20, edge: 5)
  /// Places of the axes before the last two that are shown whole, and at each end.
  private static let pages = (longest: 6, edge: 2)
  /// Elements that fit into one line with others.
  private static let few = 6

  /// The text of a tensor whose elements, in row-major order, are `values`.
  ///
  /// - Parameters:
  ///   - values: the elements.
  ///   - shape: extents, whose product is the number of elements.
  ///   - dtype: the type, which is named in the last line.
  /// - Returns: Lines without a final line feed, the last one as `float32 [2, 3]`.
  public static func describe(_ values: [Double], shape: Shape, dtype: DType) -> String {
    page(shape, dtype, columns: usualColumns) { values[$0] }
  }

  /// The text as a matrix, or as matrices one below the other.
  ///
  /// - Parameters:
  ///   - shape: extents.
  ///   - dtype: the type, which is named in the last line.
  ///   - columns: characters in a line; long rows are elided to fit.
  ///   - element: asked for what is shown only.
  /// - Returns: Lines without a final line feed, the last one as `float32 [2, 3]`.
  public static func page(
    _ shape: Shape, _ dtype: DType, columns: Int, _ element: @escaping Elements
  ) -> String {
    let footer = "\(dtype.name) \(shape)"
    if shape.count == 0 { return footer }
    let writer = NumberWriter(dtype)
    if shape.rank == 0 {
      let number = element(0)
      return "\(writer.fitted(to: [number]).write(number))  \(footer)"
    }
    let layout = TensorLayout(shape, writer, columns: columns, rows: rows, pages: pages, element)
    return (layout.lines + [footer]).joined(separator: "\n")
  }

  /// The text in one line: the numbers where they are few, and in any case type and shape.
  public static func line(_ shape: Shape, _ dtype: DType, _ element: Elements) -> String {
    let footer = "\(dtype.name) \(shape)"
    guard shape.rank <= 1, (1...few).contains(shape.count) else { return footer }
    let numbers = (0..<shape.count).map(element)
    let writer = NumberWriter(dtype).fitted(to: numbers)
    let list = numbers.map(writer.write).joined(separator: ", ")
    return shape.rank == 0 ? "\(list) (\(footer))" : "(\(list)) \(footer)"
  }
}

/// Numbers of a type in a common style.
struct NumberWriter {
  private let dtype: DType
  private var numbers: NumberText

  init(_ dtype: DType) {
    self.dtype = dtype
    numbers = NumberText([], isInteger: dtype == .int64)
  }

  /// In the style that suits some numbers.
  func fitted(to values: [Double]) -> NumberWriter {
    var copy = self
    copy.numbers = NumberText(values, isInteger: dtype == .int64)
    return copy
  }

  func write(_ number: Double) -> String {
    dtype == .bool ? (number == 0 ? "false" : "true") : numbers.write(number)
  }
}
