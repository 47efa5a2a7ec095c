import Foundation

/// How workers are started.
public struct WorkerCommand: Sendable, Equatable {
  /// The program.
  public var executable: String
  /// Its arguments.
  public var arguments: [String]
  /// `NAME=value`; workers get nothing else of the parent's environment.
  public var environment: [String]

  /// A command given in full.
  public init(executable: String, arguments: [String], environment: [String]) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  /// `perigee worker`.
  ///
  /// - Parameters:
  ///   - settings: how workers are confined.
  ///   - executable: the program; nil for the one that runs.
  public init(_ settings: Worker.Settings, executable: String? = nil) {
    let running = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    self.executable = executable ?? running ?? CommandLine.arguments[0]
    arguments = ["worker", "--memory", String(settings.memory)]
    if !settings.isConfined { arguments.append("--unconfined") }
    let kept = ["PATH", "LD_LIBRARY_PATH"]
    let all = ProcessInfo.processInfo.environment
    // One thread: workers are as many as there are cores.
    environment =
      [
        "OPENBLAS_NUM_THREADS=1", "LANG=C.UTF-8", "MALLOC_ARENA_MAX=1",
        "SWIFT_BACKTRACE=enable=no",
      ]
      + kept.compactMap { name in all[name].map { "\(name)=\($0)" } }
  }
}
