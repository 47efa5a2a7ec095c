import Notation

/// Writes tensors in the safetensors format.
public enum SafetensorsWriter {
  /// Writes a file of tensors, whole or not at all.
  ///
  /// Types with larger elements come first, so that every tensor is aligned; within a type the
  /// order is the one given.
  ///
  /// - Parameters:
  ///   - tensors: what to write; their bytes are asked for one tensor at a time.
  ///   - path: the file, replaced where it exists.
  ///   - metadata: texts by name; `format` says which library's conventions the names follow.
  /// - Throws: `FileError` where two tensors have one name, a tensor's bytes do not fit its shape,
  ///   or the disk refuses.
  public static func write(
    _ tensors: [SavedTensor], to path: String,
    metadata: [(name: String, text: String)] = [("format", "pt")]
  ) throws {
    let ordered = Set(SavedType.allCases.map(\.size)).sorted(by: >).flatMap { size in
      tensors.filter { $0.type.size == size }
    }
    let header = try header(of: ordered, path, metadata)
    var file = try AtomicFile(path)
    try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { try file.write($0) }
    try file.write(header)
    for tensor in ordered {
      var given = 0
      try tensor.withBytes { bytes in
        given += bytes.count
        try file.write(bytes)
      }
      let expected = tensor.expectedByteCount ?? -1
      guard given == expected else {
        let subject = "the tensor \"\(tensor.name)\" of shape \(tensor.shape)"
        throw FileError(path, "\(subject) has \(expected) bytes, got \(given)")
      }
    }
    try file.commit()
  }

  /// The JSON header, padded with blanks so that the data behind it is aligned.
  private static func header(
    of tensors: [SavedTensor], _ path: String, _ metadata: [(name: String, text: String)]
  ) throws -> String {
    var fields: [(String, JSONValue)] = []
    if !metadata.isEmpty {
      let texts = metadata.map { ($0.name, JSONValue.string($0.text)) }
      fields.append(("__metadata__", .object(JSONObject(texts))))
    }
    var names: Set<String> = ["__metadata__"]
    var start = 0
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else {
        throw FileError(path, "two tensors are named \"\(tensor.name)\"")
      }
      guard let count = tensor.expectedByteCount else {
        throw FileError(path, "the tensor \"\(tensor.name)\" cannot have the shape \(tensor.shape)")
      }
      fields.append(
        (
          tensor.name,
          [
            "dtype": .string(tensor.type.rawValue),
            "shape": .list(tensor.shape.map { .integer(Int64($0)) }),
            "data_offsets": [.integer(Int64(start)), .integer(Int64(start + count))],
          ]
        ))
      start += count
    }
    let text = JSONValue.object(JSONObject(distinct: fields)).compactText
    let padding = (8 - text.utf8.count % 8) % 8
    return text + String(repeating: " ", count: padding)
  }
}
