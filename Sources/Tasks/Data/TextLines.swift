import Foundation

/// One line of a text file.
struct TextLine {
  /// Its number, from 1.
  let number: Int
  /// Its text, without the line end.
  let text: String

  /// Whether it holds white space only.
  var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
}

/// Reads UTF-8 text files line by line, in pieces, so that only one line is held at a time.
///
/// Lines end at LF or CRLF; a byte order mark at the start of the file is dropped.
enum TextLines {
  private static let pieceSize = 1 << 16

  /// Calls a function for every line of a file, in order.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - body: called with each line.
  /// - Throws: `FileError` where the file cannot be read or a line is not UTF-8, and what `body`
  ///   throws.
  static func forEach(in path: String, _ body: (TextLine) throws -> Void) throws {
    let handle = try openForReading(path)
    defer { fclose(handle) }
    var piece = [UInt8](repeating: 0, count: pieceSize)
    var held: [UInt8] = []
    var number = 0
    while true {
      let count = fread(&piece, 1, pieceSize, handle)
      if count == 0 { break }
      var start = 0
      while let end = piece[start..<count].firstIndex(of: UInt8(ascii: "\n")) {
        held += piece[start..<end]
        number += 1
        try body(line(held, number, path))
        held.removeAll(keepingCapacity: true)
        start = end + 1
      }
      held += piece[start..<count]
    }
    guard ferror(handle) == 0 else { throw FileError.system(path, "read") }
    if !held.isEmpty { try body(line(held, number + 1, path)) }
  }

  private static func openForReading(_ path: String) throws -> UnsafeMutablePointer<FILE> {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw FileError(path, "expected a file, found a folder")
    }
    guard let handle = fopen(path, "rb") else { throw FileError.system(path, "open") }
    return handle
  }

  private static func line(_ bytes: [UInt8], _ number: Int, _ path: String) throws -> TextLine {
    var slice = bytes[...]
    if number == 1, slice.starts(with: [0xEF, 0xBB, 0xBF]) { slice = slice.dropFirst(3) }
    if slice.last == UInt8(ascii: "\r") { slice = slice.dropLast() }
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw FileError(path, line: number, invalid(slice))
    }
    return TextLine(number: number, text: text)
  }

  private static func invalid(_ bytes: ArraySlice<UInt8>) -> String {
    let offset = firstInvalidByte(bytes)
    let hex = String(bytes[bytes.startIndex + offset], radix: 16, uppercase: true)
    let padded = hex.count < 2 ? "0" + hex : hex
    return "expected UTF-8 text, found the byte 0x\(padded) at byte \(offset + 1) of the line"
  }

  /// The offset of the first byte that no UTF-8 text can have in this place.
  private static func firstInvalidByte(_ bytes: ArraySlice<UInt8>) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput, .error: return min(offset, bytes.count - 1)
      }
    }
  }
}
