import Foundation
import Testing

@testable import Tasks

@Suite struct SafetensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var tensors: [SavedTensor] {
    [
      SavedTensor("flags", [3], [true, false, true]),
      SavedTensor("weight", [2, 2], [1, -2.5, .infinity, .leastNonzeroMagnitude] as [Float]),
      SavedTensor("step", [], [Int64.min]),
      SavedTensor("exact", [1, 2], [0.1, -0.0]),
      SavedTensor("none", [0, 4], [Float]()),
    ]
  }

  private func file(header: String, data: Int) throws -> String {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    return try folder.file(
      "h.safetensors",
      bytes: length + Array(header.utf8) + [UInt8](repeating: 0, count: data))
  }

  private func fault(_ header: String, data: Int) throws -> String {
    let path = try file(header: header, data: data)
    return faultMessage { _ = try SafetensorsFile(path: path) }
  }

  @Test func whatIsWrittenIsRead() throws {
    let path = "\(folder.path)/m.safetensors"
    try SafetensorsWriter.write(tensors, to: path, metadata: [("format", "pt"), ("note", "é")])
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == ["format": "pt", "note": "é"])
    // Larger elements first, so that every tensor is aligned.
    #expect(file.entries.map(\.type) == ["I64", "F64", "F32", "F32", "BOOL"])
    #expect(
      try file.float32("weight", shape: [2, 2]) == [1, -2.5, .infinity, .leastNonzeroMagnitude])
    #expect(try file.float64("exact").map(\.bitPattern) == [0.1, -0.0].map(\.bitPattern))
    #expect(try file.int64("step", shape: []) == [.min])
    #expect(try file.bool("flags") == [true, false, true])
    #expect(try file.float32("none", shape: [0, 4]) == [])
    #expect(try folder.names == ["m.safetensors"])
  }

  @Test func wrongRequestsAreExplained() throws {
    let path = "\(folder.path)/m.safetensors"
    try SafetensorsWriter.write(tensors, to: path)
    let file = try SafetensorsFile(path: path)
    #expect(
      faultMessage { _ = try file.float32("weight", shape: [4]) }
        == "m.safetensors: the tensor \"weight\" has the shape [2, 2], expected [4]")
    #expect(
      faultMessage { _ = try file.float64("weight") }
        == "m.safetensors: the tensor \"weight\" is of type F32, expected F64")
    #expect(
      faultMessage { _ = try file.float32("wight") }
        .hasPrefix("m.safetensors: no tensor \"wight\"; the file has 5, such as "))
  }

  @Test func wrongTensorsAreNotWritten() throws {
    let path = "\(folder.path)/w.safetensors"
    func fault(_ tensors: [SavedTensor]) -> String {
      faultMessage { try SafetensorsWriter.write(tensors, to: path) }
    }
    #expect(
      fault([SavedTensor("a", [3], [1, 2] as [Float])])
        == "w.safetensors: the tensor \"a\" of shape [3] has 12 bytes, got 8")
    #expect(
      fault([SavedTensor("a", [1], [true]), SavedTensor("a", [1], [1.0])])
        == "w.safetensors: two tensors are named \"a\"")
    #expect(
      fault([SavedTensor("a", [-1], [true])])
        == "w.safetensors: the tensor \"a\" cannot have the shape [-1]")
    #expect(try folder.names == [])
  }

  @Test func damagedHeadersAreRefused() throws {
    func entry(_ type: String, _ shape: String, _ start: Int, _ end: Int) -> String {
      #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(start),\#(end)]}"#
    }
    let cases: [(String, Int, String)] = [
      ("[]", 0, "the safetensors header must be a JSON object"),
      ("{\"a\"", 0, "the safetensors header is not JSON"),
      (#"{"__metadata__":{"a":1}}"#, 0, "the metadata \"a\" must be a text, found a number"),
      (#"{"a":\#(entry("F31", "[1]", 0, 4))}"#, 4, "the tensor \"a\" has the unknown type \"F31\""),
      (#"{"a":\#(entry("F32", "[-1]", 0, 4))}"#, 4, "the tensor \"a\" has the bad shape [-1]"),
      (
        #"{"a":\#(entry("F32", "[4611686018427387904,4]", 0, 4))}"#, 4,
        "the tensor \"a\" has the bad shape"
      ),
      (#"{"a":\#(entry("F32", "[1]", 4, 0))}"#, 4, "the tensor \"a\" has the bad offsets [4,0]"),
      (
        #"{"a":\#(entry("F32", "[2]", 0, 8))}"#, 4,
        "the tensor \"a\" ends at byte 8; the file has 4"
      ),
      (
        #"{"a":\#(entry("F32", "[2]", 0, 4))}"#, 4,
        "the tensor \"a\" of type F32 and shape [2] has 8 bytes, but its offsets span 4"
      ),
      (
        #"{"a":\#(entry("F32", "[1]", 0, 4)),"b":\#(entry("F32", "[1]", 2, 6))}"#, 6,
        "the tensor \"b\" at byte 2 overlaps the one before it, which ends at byte 4"
      ),
      (
        #"{"a":\#(entry("F32", "[1]", 0, 4)),"b":\#(entry("F32", "[1]", 6, 10))}"#, 10,
        "the tensor \"b\" at byte 6 follows a gap, which ends at byte 4"
      ),
      (#"{"a":\#(entry("F32", "[1]", 0, 4))}"#, 7, "the tensors end at byte 4, but the file has 7"),
      (#"{"a":7}"#, 0, "the tensor \"a\" has the unknown type (none)"),
    ]
    for (header, data, expected) in cases {
      let message = try fault(header, data: data)
      #expect(message.hasPrefix("h.safetensors: \(expected)"), "\(message)")
    }
  }

  @Test func shortAndLyingFilesAreRefused() throws {
    let short = try folder.file("s", bytes: [1, 2, 3])
    #expect(
      faultMessage { _ = try SafetensorsFile(path: short) }
        == "s: expected a safetensors header, found a file of 3 bytes")
    let lying = try folder.file("l", bytes: [UInt8](repeating: 0xFF, count: 20))
    #expect(
      faultMessage { _ = try SafetensorsFile(path: lying) }
        == "l: the safetensors header says it has 18446744073709551615 bytes; "
        + "the file has 12 after it")
  }

  @Test func otherTypesAreListedButNotRead() throws {
    let path = try file(
      header: #"{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, data: 4)
    let file = try SafetensorsFile(path: path)
    #expect(file.entries.map(\.type) == ["BF16"])
    #expect(
      faultMessage { _ = try file.float32("a") }
        == "h.safetensors: the tensor \"a\" is of type BF16, expected F32; "
        + "only F32, F64, I64, BOOL can be read here")
    let odd = try self.file(
      header: #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#, data: 0)
    try Data(contentsOf: URL(fileURLWithPath: odd)).withUnsafeBytes { bytes in
      _ = try folder.file("o.safetensors", bytes: Array(bytes) + [2])
    }
    #expect(
      faultMessage { _ = try SafetensorsFile(path: "\(folder.path)/o.safetensors").bool("a") }
        == "o.safetensors: the boolean tensor \"a\" holds the byte 2, expected 0 or 1")
  }
}
