import CKernels

/// The element type of a tensor.
public enum DType: UInt8, Sendable, CaseIterable, Hashable {
  case float32, float64, int64, bool

  /// Bytes an element takes.
  public var size: Int {
    switch self {
    case .float32: 4
    case .float64, .int64: 8
    case .bool: 1
    }
  }

  /// The name scripts use.
  public var name: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .int64: "int64"
    case .bool: "bool"
    }
  }

  /// The type a script names, or nil.
  public init?(name: String) {
    guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// An element of a buffer of this type; booleans are 0 and 1.
  public func number(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Double {
    switch self {
    case .float32: Double(bytes.load(fromByteOffset: 4 * place, as: Float.self))
    case .float64: bytes.load(fromByteOffset: 8 * place, as: Double.self)
    case .int64: Double(bytes.load(fromByteOffset: 8 * place, as: Int64.self))
    case .bool: Double(bytes[place])
    }
  }

  /// Whether elements are floating-point numbers, which alone have derivatives.
  public var isFloating: Bool { self == .float32 || self == .float64 }
}
