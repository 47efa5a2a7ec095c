import TensorCore

/// Which elements of a tensor are shown, and the aligned lines they make.
struct TensorLayout {
  /// Places of an axis; nil stands for those left out.
  private typealias Places = [Int?]

  private let dims: [Int]
  private let axes: [Places]
  private let writer: NumberWriter
  private let width: Int
  private let element: TensorText.Elements

  /// Chooses places so that lines fit into `columns`; the shape has axes, none of them empty.
  ///
  /// `rows` of a matrix are shown whole, or at each end of more; `pages` is the same of axes
  /// before the last two.
  init(
    _ shape: Shape, _ writer: NumberWriter, columns: Int, rows: (longest: Int, edge: Int),
    pages: (longest: Int, edge: Int), _ element: @escaping TensorText.Elements
  ) {
    dims = shape.dims
    self.element = element
    let outer = shape.dims.indices.dropLast().map { axis in
      let limit = axis == shape.rank - 2 ? rows : pages
      return Self.places(shape.dims[axis], limit.longest, limit.edge)
    }
    let extent = shape.dims[shape.rank - 1]
    // The fewer columns are shown, the narrower each may be: shrink until the line fits.
    var shown = min(extent, max(columns / 3, 1))
    var last = Self.places(extent, shown, max(shown / 2, 1))
    while true {
      let numbers = Self.offsets(outer + [last], shape.dims).map(element)
      let fitted = writer.fitted(to: numbers)
      let widest = numbers.map { fitted.write($0).count }.max() ?? 0
      let fit = max((columns + 2) / (widest + 2), 3)
      if shown <= fit || shown <= 3 {
        self.writer = fitted
        width = widest
        axes = outer + [last]
        return
      }
      shown = fit
      last = Self.places(extent, shown, max((shown - 1) / 2, 1))
    }
  }

  /// The lines of the matrix, or of the matrices with a title each.
  var lines: [String] { lines(prefix: [], offset: 0) }

  private func lines(prefix: [Int], offset: Int) -> [String] {
    let rest = dims.count - prefix.count
    if rest == 1 { return [row(offset)] }
    let step = dims[(prefix.count + 1)...].reduce(1, *)
    let places = axes[prefix.count]
    if rest == 2 {
      let header = prefix.isEmpty ? [] : [Self.title(prefix)]
      return header + places.map { $0.map { row(offset + $0 * step) } ?? "..." }
    }
    return places.flatMap { place -> [String] in
      place.map { lines(prefix: prefix + [$0], offset: offset + $0 * step) } ?? ["..."]
    }
  }

  private func row(_ offset: Int) -> String {
    axes[dims.count - 1].map { place in
      guard let place else { return "..." }
      let text = writer.write(element(offset + place))
      return String(repeating: " ", count: width - text.count) + text
    }.joined(separator: "  ")
  }

  private static func title(_ prefix: [Int]) -> String {
    "[" + prefix.map { String($0 + 1) }.joined(separator: ", ") + ", :, :]"
  }

  private static func places(_ extent: Int, _ longest: Int, _ edge: Int) -> Places {
    if extent <= max(longest, 2 * edge + 1) { return (0..<extent).map { $0 } }
    return (0..<edge).map { $0 } + [nil] + (extent - edge..<extent).map { $0 }
  }

  private static func offsets(_ axes: [Places], _ dims: [Int]) -> [Int] {
    var offsets = [0]
    for (places, extent) in zip(axes, dims) {
      offsets = offsets.flatMap { base in
        places.compactMap { $0.map { base * extent + $0 } }
      }
    }
    return offsets
  }
}
