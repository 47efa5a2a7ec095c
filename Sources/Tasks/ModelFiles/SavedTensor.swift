/// The element types that model files are read and written in, by their name in the file.
public enum SavedType: String, Sendable, CaseIterable {
  case float32 = "F32"
  case float64 = "F64"
  case int64 = "I64"
  case bool = "BOOL"

  /// The bytes of one element.
  public var size: Int {
    switch self {
    case .float32: 4
    case .float64, .int64: 8
    case .bool: 1
    }
  }

  /// The bytes of one element of a type of the format, read here or not; nil for an unknown name.
  static func size(named name: String) -> Int? {
    switch name {
    case "F64", "I64", "U64": 8
    case "F32", "I32", "U32": 4
    case "F16", "BF16", "I16", "U16": 2
    case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2": 1
    default: nil
    }
  }
}

/// A tensor to be written to a model file: its name, type and shape, and where its bytes come from.
///
/// The bytes are asked for when they are written, so a file of tensors is never in memory twice.
public struct SavedTensor {
  /// Gives its argument the bytes of a tensor: row-major, little-endian.
  public typealias Source = ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

  /// The name, unique in its file.
  public let name: String
  /// The element type.
  public let type: SavedType
  /// The sizes of the dimensions; empty for a single number.
  public let shape: [Int]
  /// Gives the bytes.
  public let withBytes: Source

  /// Describes a tensor whose bytes lie elsewhere, such as in a parameter buffer.
  ///
  /// - Parameters:
  ///   - name: unique in its file.
  ///   - type: the element type.
  ///   - shape: the sizes of the dimensions.
  ///   - withBytes: calls its argument with the bytes, row-major.
  public init(name: String, type: SavedType, shape: [Int], withBytes: @escaping Source) {
    self.name = name
    self.type = type
    self.shape = shape
    self.withBytes = withBytes
  }

  /// Describes a float32 tensor of given numbers.
  public init(_ name: String, _ shape: [Int], _ values: [Float]) {
    self.init(name: name, type: .float32, shape: shape) { try values.withUnsafeBytes($0) }
  }

  /// Describes a float64 tensor of given numbers.
  public init(_ name: String, _ shape: [Int], _ values: [Double]) {
    self.init(name: name, type: .float64, shape: shape) { try values.withUnsafeBytes($0) }
  }

  /// Describes an int64 tensor of given numbers.
  public init(_ name: String, _ shape: [Int], _ values: [Int64]) {
    self.init(name: name, type: .int64, shape: shape) { try values.withUnsafeBytes($0) }
  }

  /// Describes a boolean tensor of given values.
  public init(_ name: String, _ shape: [Int], _ values: [Bool]) {
    let bytes = values.map { UInt8($0 ? 1 : 0) }
    self.init(name: name, type: .bool, shape: shape) { try bytes.withUnsafeBytes($0) }
  }

  /// The bytes that the type and shape ask for; nil when that overflows or a size is negative.
  var expectedByteCount: Int? { byteCount(shape: shape, elementSize: type.size) }
}

/// The number of bytes of a tensor; nil when it overflows or a size is negative.
func byteCount(shape: [Int], elementSize: Int) -> Int? {
  var count = elementSize
  for size in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    guard size >= 0, !overflow else { return nil }
    count = product
  }
  return count
}
