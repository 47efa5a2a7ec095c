import Foundation

/// A file of tensors in the safetensors format, opened for reading.
///
/// The header is checked as a whole on opening: types, shapes, and that the tensors' bytes fill the
/// file without gap or overlap.
public struct SafetensorsFile: Sendable {
  /// What the header says of a tensor.
  public struct Entry: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The element type as the file names it, such as `F32`.
    public let type: String
    /// The sizes of the dimensions; empty for a single number.
    public let shape: [Int]
    /// Where its bytes lie, counted from the end of the header.
    let bytes: Range<Int>
  }

  /// The file as the caller named it.
  public let path: String
  /// The tensors, in the order of their bytes.
  public let entries: [Entry]
  /// The texts that the file has beside its tensors.
  public let metadata: [String: String]
  private let data: Data
  private let dataStart: Int

  /// Reads a file and checks its header.
  ///
  /// - Parameter path: the file.
  /// - Throws: `FileError` naming the tensor where the header is not what it should be.
  public init(path: String) throws {
    self.path = path
    data = try readWholeFile(path)
    let header = try SafetensorsHeader(path: path, data: data)
    entries = header.entries
    metadata = header.metadata
    dataStart = header.dataStart
  }

  /// Returns what the header says of a tensor.
  ///
  /// - Parameters:
  ///   - name: the tensor.
  ///   - shape: the shape it must have, or nil for any.
  /// - Returns: its entry.
  /// - Throws: `FileError` where there is no such tensor or it has another shape.
  public func entry(_ name: String, shape: [Int]? = nil) throws -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      let names = entries.prefix(4).map { "\"\($0.name)\"" }.joined(separator: ", ")
      let listed = entries.isEmpty ? "no tensors" : "\(entries.count), such as \(names)"
      throw FileError(path, "no tensor \"\(name)\"; the file has \(listed)")
    }
    if let shape, entry.shape != shape {
      let message = "the tensor \"\(name)\" has the shape \(entry.shape), expected \(shape)"
      throw FileError(path, message)
    }
    return entry
  }

  /// Returns the numbers of a float32 tensor, row-major.
  ///
  /// - Parameters:
  ///   - name: the tensor.
  ///   - shape: the shape it must have, or nil for any.
  /// - Returns: its elements.
  /// - Throws: `FileError` where it is missing or has another type or shape.
  public func float32(_ name: String, shape: [Int]? = nil) throws -> [Float] {
    try elements(name, .float32, shape, zero: 0)
  }

  /// Returns the numbers of a float64 tensor, row-major.
  ///
  /// - Parameters:
  ///   - name: the tensor.
  ///   - shape: the shape it must have, or nil for any.
  /// - Returns: its elements.
  /// - Throws: `FileError` where it is missing or has another type or shape.
  public func float64(_ name: String, shape: [Int]? = nil) throws -> [Double] {
    try elements(name, .float64, shape, zero: 0)
  }

  /// Returns the numbers of an int64 tensor, row-major.
  ///
  /// - Parameters:
  ///   - name: the tensor.
  ///   - shape: the shape it must have, or nil for any.
  /// - Returns: its elements.
  /// - Throws: `FileError` where it is missing or has another type or shape.
  public func int64(_ name: String, shape: [Int]? = nil) throws -> [Int64] {
    try elements(name, .int64, shape, zero: 0)
  }

  /// Returns the values of a boolean tensor, row-major.
  ///
  /// - Parameters:
  ///   - name: the tensor.
  ///   - shape: the shape it must have, or nil for any.
  /// - Returns: its elements.
  /// - Throws: `FileError` where it is missing, has another type or shape, or holds a byte other
  ///   than 0 and 1.
  public func bool(_ name: String, shape: [Int]? = nil) throws -> [Bool] {
    let bytes: [UInt8] = try elements(name, .bool, shape, zero: 0)
    if let odd = bytes.first(where: { $0 > 1 }) {
      throw FileError(path, "the boolean tensor \"\(name)\" holds the byte \(odd), expected 0 or 1")
    }
    return bytes.map { $0 == 1 }
  }

  private func elements<Element: BitwiseCopyable>(
    _ name: String, _ type: SavedType, _ shape: [Int]?, zero: Element
  ) throws -> [Element] {
    let entry = try entry(name, shape: shape)
    guard entry.type == type.rawValue else {
      let readable = SavedType.allCases.map(\.rawValue).joined(separator: ", ")
      let hint =
        SavedType(rawValue: entry.type) == nil ? "; only \(readable) can be read here" : ""
      let message =
        "the tensor \"\(name)\" is of type \(entry.type), expected \(type.rawValue)\(hint)"
      throw FileError(path, message)
    }
    let bytes = data[(dataStart + entry.bytes.lowerBound)..<(dataStart + entry.bytes.upperBound)]
    var elements = [Element](repeating: zero, count: bytes.count / type.size)
    _ = elements.withUnsafeMutableBytes { bytes.copyBytes(to: $0) }
    return elements
  }
}
