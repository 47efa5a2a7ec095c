import TensorCore

/// A tensor as text: its numbers as an aligned table, elided where long, and its type and shape.
public enum TensorText {
  /// Rows and columns shown at each end of a long axis.
  static let edge = 3
  /// Extents up to this are shown whole.
  static let longest = 8

  /// The text of a tensor whose elements, in row-major order, are `values`.
  ///
  /// - Parameters:
  ///   - values: the elements.
  ///   - shape: extents, whose product is the number of elements.
  ///   - dtype: the type, which is named in the last line.
  /// - Returns: Lines without a final line feed, the last one as `float32 [2, 3]`.
  public static func describe(_ values: [Double], shape: Shape, dtype: DType) -> String {
    let footer = "\(dtype.name) \(shape)"
    if shape.count == 0 { return footer }
    let shown = visible(shape).map { values[$0] }
    let numbers = NumberText(shown, isInteger: dtype == .int64)
    let write: (Double) -> String = { number in
      dtype == .bool ? (number == 0 ? "false" : "true") : numbers.write(number)
    }
    if shape.rank == 0 { return "\(write(values[0]))  \(footer)" }
    let width = shown.map { write($0).count }.max() ?? 0
    let page = Page(values: values, dims: shape.dims, width: width, write: write)
    return page.lines(prefix: [], offset: 0).joined(separator: "\n") + "\n" + footer
  }

  /// Places of an axis that are shown; nil stands for those left out.
  static func places(_ extent: Int) -> [Int?] {
    if extent <= longest { return (0..<extent).map { $0 } }
    return (0..<edge).map { $0 } + [nil] + (extent - edge..<extent).map { $0 }
  }

  private static func visible(_ shape: Shape) -> [Int] {
    var offsets = [0]
    for extent in shape.dims {
      offsets = offsets.flatMap { base in
        places(extent).compactMap { $0.map { base * extent + $0 } }
      }
    }
    return offsets
  }

  private struct Page {
    let values: [Double]
    let dims: [Int]
    let width: Int
    let write: (Double) -> String

    /// The lines of the part of the tensor at `prefix`, whose elements begin at `offset`.
    func lines(prefix: [Int], offset: Int) -> [String] {
      let rest = dims.count - prefix.count
      if rest == 1 { return [row(offset)] }
      let extent = dims[prefix.count]
      let step = dims[(prefix.count + 1)...].reduce(1, *)
      if rest == 2 {
        let header = prefix.isEmpty ? [] : [title(prefix)]
        return header + places(extent).map { $0.map { row(offset + $0 * step) } ?? "..." }
      }
      return places(extent).flatMap { place -> [String] in
        place.map { lines(prefix: prefix + [$0], offset: offset + $0 * step) } ?? ["..."]
      }
    }

    private func row(_ offset: Int) -> String {
      let extent = dims[dims.count - 1]
      return places(extent).map { place in
        guard let place else { return "..." }
        let text = write(values[offset + place])
        return String(repeating: " ", count: width - text.count) + text
      }.joined(separator: "  ")
    }

    private func title(_ prefix: [Int]) -> String {
      "[" + prefix.map { String($0 + 1) }.joined(separator: ", ") + ", :, :]"
    }

    private func places(_ extent: Int) -> [Int?] { TensorText.places(extent) }
  }
}
