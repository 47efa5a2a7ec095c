/// Messages in the wire format of protocol buffers, as much of it as event files need.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  /// A whole number; zero, which is the default, is left out.
  mutating func add(_ field: Int, integer: Int64) {
    guard integer != 0 else { return }
    key(field, 0)
    varint(UInt64(bitPattern: integer))
  }

  /// A truth value, written also where it is false: for choices among fields.
  mutating func add(_ field: Int, flag: Bool) {
    key(field, 0)
    varint(flag ? 1 : 0)
  }

  /// A float64, written also where it is zero.
  mutating func add(_ field: Int, double: Double) {
    key(field, 1)
    fixed(double.bitPattern)
  }

  /// A float32, written also where it is zero.
  mutating func add(_ field: Int, float: Float) {
    key(field, 5)
    fixed(float.bitPattern)
  }

  mutating func add(_ field: Int, text: String) { add(field, raw: Array(text.utf8)) }

  mutating func add(_ field: Int, message: ProtocolBuffer) { add(field, raw: message.bytes) }

  mutating func add(_ field: Int, raw: [UInt8]) {
    key(field, 2)
    varint(UInt64(raw.count))
    bytes += raw
  }

  private mutating func key(_ field: Int, _ kind: UInt64) { varint(UInt64(field) << 3 | kind) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}

/// CRC-32C (Castagnoli), the checksum of event files.
enum Checksum {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  static func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { state, byte in
      state >> 8 ^ table[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
    }
  }

  /// Turned and shifted, so that the checksum of data that holds its own checksum is no constant.
  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let sum = crc32c(bytes)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
