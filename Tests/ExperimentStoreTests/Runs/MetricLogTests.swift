import Foundation
import Testing

@testable import ExperimentStore

@Suite struct MetricLogTests {
  private let events: [LogEvent] = [
    .stageStarted(stage: "preference", details: ["steps": 2]),
    .step(stage: "preference", step: 1, metrics: ["loss": 0.6931471805599453, "accuracy": 0.5]),
    .step(stage: "preference", step: 2, metrics: ["loss": .number(.infinity)]),
    .stageEnded(stage: "preference", details: [:]),
    .result(name: "accuracy", value: ["estimate": 0.68, "lower": 0.65, "upper": 0.71]),
    .note(kind: "warning", fields: ["text": "two\nlines"]),
    .resumed(stage: "preference", step: 1),
  ]

  private func log(_ url: URL) throws -> MetricLog {
    try MetricLog(appendingTo: url, now: { 1_800_000_000.1234 }) { descriptor, bytes in
      write(descriptor, bytes.baseAddress, bytes.count)
    }
  }

  @Test func readsBackWhatWasWritten() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("log.jsonl")
    let log = try log(url)
    for event in events { try log.append(event) }
    let contents = try LogContents(contentsOf: url)
    #expect(contents.events.map(\.event) == events)
    #expect(contents.events.map(\.line) == Array(1...events.count))
    #expect(contents.events.allSatisfy { $0.time == 1_800_000_000.123 })
    #expect(contents.tornBytes == 0)
    #expect(log.completeLines == events.count)
  }

  @Test func linesAreStable() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("log.jsonl")
    try log(url).append(events[1])
    let line =
      #"{"event":"step","stage":"preference","step":1,"metrics":"#
      + #"{"loss":0.6931471805599453,"accuracy":0.5},"time":1800000000.123}"# + "\n"
    #expect(try String(contentsOf: url, encoding: .utf8) == line)
  }

  /// What a kill -9 can leave: any beginning of the last line.
  @Test func everyTornLastLineIsIgnoredAndCutOff() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("log.jsonl")
    do {
      let log = try log(url)
      for event in events.prefix(3) { try log.append(event) }
    }
    let whole = try Data(contentsOf: url)
    let lines = whole.split(separator: UInt8(ascii: "\n"))
    let complete = whole.count - (lines[2].count + 1)
    for length in complete..<whole.count {
      try whole.prefix(length).write(to: url)
      let torn = try LogContents(contentsOf: url)
      #expect(torn.events.map(\.event) == Array(events.prefix(2)))
      #expect(torn.tornBytes == length - complete)
      let resumed = try log(url)
      #expect(resumed.completeLines == 2)
      try resumed.append(events[4])
      let after = try LogContents(contentsOf: url)
      #expect(after.events.map(\.event) == [events[0], events[1], events[4]])
      #expect(after.tornBytes == 0)
    }
  }

  @Test func zerosAfterAPowerCutAreIgnored() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("log.jsonl")
    do { try log(url).append(events[0]) }
    let whole = try Data(contentsOf: url)
    try (whole + Data(count: 100)).write(to: url)
    #expect(try LogContents(contentsOf: url).events.count == 1)
    try (whole + Data(count: 100) + Data("\n".utf8)).write(to: url)
    #expect(try LogContents(contentsOf: url).events.count == 1)
    #expect(try log(url).completeLines == 1)
    #expect(try Data(contentsOf: url) == whole)
  }

  @Test func damageInTheMiddleNamesTheLine() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("log.jsonl")
    let good = #"{"event":"note","fields":{},"time":1.0}"#
    for bad in ["{", "{}", "[]", #"{"event":"step","stage":"a","time":1.0}"#] {
      try Data("\(good)\n\(bad)\n\(good)\n".utf8).write(to: url)
      do {
        _ = try LogContents(contentsOf: url)
        Issue.record("accepted \(bad)")
      } catch StoreError.malformed(let path, let line, _) {
        #expect(line == 2)
        #expect(path == url.path)
      }
      #expect(throws: StoreError.self) { try log(url) }
    }
  }

  @Test func secondWriterIsRefused() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("log.jsonl")
    var first: MetricLog? = try log(url)
    try first?.append(events[0])
    #expect(MetricLog.isBeingWritten(url))
    #expect(throws: StoreError.locked(path: url.path)) { try log(url) }
    first = nil
    #expect(!MetricLog.isBeingWritten(url))
    #expect(try log(url).completeLines == 1)
  }

  @Test(.enabled(if: FileManager.default.isWritableFile(atPath: "/dev/full")))
  func fullDeviceIsAnErrorThatSaysSo() throws {
    let log = try MetricLog(appendingTo: URL(fileURLWithPath: "/dev/full"))
    do {
      try log.append(events[0])
      Issue.record("wrote to a full device")
    } catch StoreError.appendFailed(let path, let reason, let completeLines) {
      #expect(path == "/dev/full")
      #expect(reason == String(cString: strerror(ENOSPC)))
      #expect(completeLines == 0)
    }
  }

  /// The disk fills up in the middle of a line, then there is room again.
  @Test func halfALineIsTakenBack() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("log.jsonl")
    let disk = FillingDisk()
    let log = try MetricLog(appendingTo: url, now: { 1 }, write: disk.write)
    try log.append(events[0])
    disk.room = 10
    do {
      try log.append(events[1])
      Issue.record("wrote to a full disk")
    } catch let error as StoreError {
      let reason = String(cString: strerror(ENOSPC))
      #expect(
        error.description
          == "\(url.path): cannot append: \(reason); the log is complete up to line 1")
    }
    #expect(try LogContents(contentsOf: url).tornBytes == 0)
    disk.room = .max
    try log.append(events[2])
    #expect(try LogContents(contentsOf: url).events.map(\.event) == [events[0], events[2]])
  }

  @Test func unwritableFolderNamesThePath() throws {
    let url = URL(fileURLWithPath: "/nonexistent/log.jsonl")
    #expect(throws: StoreError.lastError(ENOENT, "open", url.path)) { try log(url) }
  }
}

extension StoreError {
  static func lastError(_ code: Int32, _ operation: String, _ path: String) -> StoreError {
    .system(operation: operation, path: path, reason: String(cString: strerror(code)))
  }
}

/// A disk with room for so many bytes, which takes bytes in small pieces.
private final class FillingDisk {
  var room = Int.max

  func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    guard room > 0 else {
      errno = ENOSPC
      return -1
    }
    let count = min(room, 7, bytes.count)
    room -= count
    return Foundation.write(descriptor, bytes.baseAddress, count)
  }
}
