import Foundation

/// A process that answers requests: this program, or a peer.
final class WorkerProcess {
  let name: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffer = Data()

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - name: for errors.
  ///   - program: the file.
  ///   - arguments: of the program.
  ///   - threads: told to libraries that read it from the environment.
  /// - Throws: whatever starting it raises.
  init(_ name: String, _ program: String, _ arguments: [String], threads: Int) throws {
    self.name = name
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    for variable in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"] {
      environment[variable] = String(threads)
    }
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit { stop() }

  /// Ends the process.
  func stop() {
    guard process.isRunning else { return }
    try? input.fileHandleForWriting.close()
    let end = Elapsed.now().wall + 2
    while process.isRunning && Elapsed.now().wall < end { usleep(5000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// Asks and waits for the answer.
  ///
  /// - Throws: `BenchmarkError` with the worker's words when it fails.
  func ask(_ request: WorkerRequest) throws -> WorkerAnswer {
    var data = try JSONEncoder().encode(request)
    data.append(UInt8(ascii: "\n"))
    try input.fileHandleForWriting.write(contentsOf: data)
    let answer = try JSONDecoder().decode(WorkerAnswer.self, from: readLine())
    if let failure = answer.failure { throw BenchmarkError("\(name): \(failure)") }
    return answer
  }

  private func readLine() throws -> Data {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Data(buffer[buffer.startIndex..<end])
        buffer.removeSubrange(buffer.startIndex...end)
        return line
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw BenchmarkError("\(name) ended without an answer") }
      buffer.append(more)
    }
  }

  // MARK: Questions

  func prepare(_ benchmark: String, threads: Int) throws -> [WorkerAnswer.Contender] {
    try ask(
      WorkerRequest(question: .prepare, benchmark: benchmark, threads: threads)
    ).contenders ?? []
  }

  /// How long `count` calls took.
  func time(_ contender: String, count: Int) throws -> Elapsed {
    let answer = try ask(
      WorkerRequest(question: .time, contender: contender, count: count))
    return Elapsed(wall: answer.seconds ?? 0, processor: answer.processorSeconds ?? 0)
  }

  func memory() throws -> (bytes: Int, peak: Int) {
    let answer = try ask(WorkerRequest(question: .memory))
    return (answer.bytes ?? 0, answer.peakBytes ?? 0)
  }
}

/// Which processes are compared.
public struct WorkerProgram: Sendable {
  let name: String
  let file: String
  let arguments: [String]

  /// This program as a worker.
  static func own() throws -> WorkerProgram {
    WorkerProgram(
      name: "perigee", file: try ChildProcess.thisProgram(), arguments: ["bench", "--worker"])
  }

  /// The peers that a Python environment has, served by the scripts of a folder.
  ///
  /// - Parameters:
  ///   - environment: a virtual environment.
  ///   - scripts: the folder of `torch_peer.py`, `jax_peer.py` and `numpy_peer.py`.
  /// - Returns: one program a peer.
  public static func peers(environment: String, scripts: String) -> [WorkerProgram] {
    ["torch", "jax", "numpy"].map {
      WorkerProgram(
        name: $0, file: environment + "/bin/python", arguments: ["\(scripts)/\($0)_peer.py"])
    }
  }
}
