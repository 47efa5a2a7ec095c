import Foundation

/// The side of a pipe that does the work: answers requests until the input ends.
public enum BenchmarkWorker {
  /// Serves standard input and output.
  public static func serve() {
    var prepared: PreparedWork?
    while let line = readLine() {
      var answer = WorkerAnswer()
      do {
        let request = try JSONDecoder().decode(WorkerRequest.self, from: Data(line.utf8))
        try reply(to: request, &prepared, &answer)
      } catch {
        answer.failure = "\(error)"
      }
      guard var data = try? JSONEncoder().encode(answer) else { return }
      data.append(UInt8(ascii: "\n"))
      FileHandle.standardOutput.write(data)
    }
  }

  private static func reply(
    to request: WorkerRequest, _ prepared: inout PreparedWork?, _ answer: inout WorkerAnswer
  ) throws {
    switch request.question {
    case .prepare:
      // What was there before goes first.
      prepared = nil
      let name = request.benchmark ?? ""
      guard let found = BenchmarkSuite.cases.first(where: { $0.name == name }) else {
        throw BenchmarkError("no case is called \"\(name)\"")
      }
      let work = try found.prepare(request.threads ?? 1)
      prepared = work
      answer.contenders =
        [WorkerAnswer.Contender(name: "perigee", kind: .perigee)]
        + work.alternatives.map { WorkerAnswer.Contender(name: $0.name, kind: $0.kind) }
    case .time:
      guard let prepared else { throw BenchmarkError("nothing is prepared") }
      let other = prepared.alternatives.first { $0.name == request.contender }
      let elapsed = try (other?.time ?? prepared.time)(request.count ?? 1)
      (answer.seconds, answer.processorSeconds) = (elapsed.wall, elapsed.processor)
    case .memory:
      let memory = ProcessMemory.now()
      (answer.bytes, answer.peakBytes) = (memory.bytes, memory.peak)
    }
  }
}

/// Resident memory of this process, as the kernel counts it.
struct ProcessMemory {
  var bytes = 0
  var peak = 0

  static func now() -> ProcessMemory {
    var memory = ProcessMemory()
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count > 1, let kibibytes = Int(words[1]) else { continue }
      if words[0] == "VmRSS:" { memory.bytes = kibibytes * 1024 }
      if words[0] == "VmHWM:" { memory.peak = kibibytes * 1024 }
    }
    return memory
  }
}
