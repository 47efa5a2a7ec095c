import Foundation
import Notation

/// The header of a safetensors file: eight bytes of length, JSON, and what follows from them.
struct SafetensorsHeader {
  /// Longer headers are refused, as by other readers.
  private static let longest = 100_000_000

  let entries: [SafetensorsFile.Entry]
  let metadata: [String: String]
  /// Where the header ends and the tensors' bytes begin.
  let dataStart: Int

  /// Reads and checks a header.
  ///
  /// - Parameters:
  ///   - path: the file, for messages.
  ///   - data: the whole file.
  /// - Throws: `FileError` naming the tensor where something is not what it should be.
  init(path: String, data: Data) throws {
    let bytes = [UInt8](data.prefix(8))
    guard bytes.count == 8 else {
      throw FileError(path, "expected a safetensors header, found a file of \(data.count) bytes")
    }
    let length = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.longest), length <= UInt64(data.count - 8) else {
      let found = "the file has \(data.count - 8) after it"
      throw FileError(path, "the safetensors header says it has \(length) bytes; \(found)")
    }
    dataStart = 8 + Int(length)
    let members = try Self.members(path, data.subdata(in: 8..<dataStart))
    metadata = try Self.metadata(path, members)
    let dataCount = data.count - dataStart
    entries =
      try members.filter { $0.name != "__metadata__" }
      .map { try Self.entry(path, $0.name, $0.value, dataCount: dataCount) }
      .sorted {
        ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
      }
    try Self.checkLayout(path, entries, dataCount: dataCount)
  }

  private static func members(_ path: String, _ text: Data) throws -> [JSONObject.Field] {
    guard text.first == UInt8(ascii: "{") else {
      throw FileError(path, "the safetensors header must be a JSON object")
    }
    do {
      let header = try JSONValue(parsing: text)
      return header.object?.fields ?? []
    } catch {
      throw FileError(path, "the safetensors header is not JSON (\(error))")
    }
  }

  private static func metadata(
    _ path: String, _ members: [JSONObject.Field]
  ) throws -> [String: String] {
    guard let value = members.first(where: { $0.name == "__metadata__" })?.value else { return [:] }
    guard let texts = value.object?.fields else {
      throw FileError(path, "\"__metadata__\" must be an object of texts, found \(value.kind)")
    }
    var metadata: [String: String] = [:]
    for member in texts {
      guard let text = member.value.string else {
        let found = member.value.kind
        throw FileError(path, "the metadata \"\(member.name)\" must be a text, found \(found)")
      }
      metadata[member.name] = text
    }
    return metadata
  }

  private static func entry(
    _ path: String, _ name: String, _ value: JSONValue, dataCount: Int
  ) throws -> SafetensorsFile.Entry {
    func fault(_ message: String) -> FileError {
      FileError(path, "the tensor \"\(name)\" \(message)")
    }
    guard let type = value["dtype"]?.string, let size = SavedType.size(named: type) else {
      throw fault("has the unknown type \(value["dtype"]?.compactText ?? "(none)")")
    }
    let sizes = value["shape"]?.list
    guard let shape = sizes?.compactMap(\.int), shape.count == sizes?.count,
      let count = byteCount(shape: shape, elementSize: size)
    else { throw fault("has the bad shape \(value["shape"]?.compactText ?? "(none)")") }
    let offsets = value["data_offsets"]?.list?.compactMap(\.int) ?? []
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
      throw fault("has the bad offsets \(value["data_offsets"]?.compactText ?? "(none)")")
    }
    guard offsets[1] <= dataCount else {
      throw fault("ends at byte \(offsets[1]); the file has \(dataCount)")
    }
    guard offsets[1] - offsets[0] == count else {
      throw fault(
        "of type \(type) and shape \(shape) has \(count) bytes, "
          + "but its offsets span \(offsets[1] - offsets[0])")
    }
    return SafetensorsFile.Entry(
      name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
  }

  private static func checkLayout(
    _ path: String, _ entries: [SafetensorsFile.Entry], dataCount: Int
  ) throws {
    var end = 0
    for entry in entries {
      guard entry.bytes.lowerBound == end else {
        let fault = entry.bytes.lowerBound < end ? "overlaps the one before it" : "follows a gap"
        let message = "the tensor \"\(entry.name)\" at byte \(entry.bytes.lowerBound) \(fault),"
        throw FileError(path, "\(message) which ends at byte \(end)")
      }
      end = entry.bytes.upperBound
    }
    guard end == dataCount else {
      throw FileError(path, "the tensors end at byte \(end), but the file has \(dataCount)")
    }
  }
}
