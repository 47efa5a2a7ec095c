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
    self.executable = executable ?? Self.runningProgram
    arguments = ["worker", "--memory", String(settings.memory)]
    if !settings.isConfined { arguments.append("--unconfined") }
    let kept = ["PATH", "LD_LIBRARY_PATH"]
    let all = ProcessInfo.processInfo.environment
    environment =
      Self.settings.map { "\($0)=\($1)" }
      + kept.compactMap { name in all[name].map { "\(name)=\($0)" } }
  }

  /// A worker for code that is trusted: it has the whole environment of this program.
  ///
  /// - Parameters:
  ///   - arguments: of the program.
  ///   - executable: the program; nil for the one that runs.
  ///   - variables: of the environment, in place of this program's.
  public init(
    trusted arguments: [String], executable: String? = nil, variables: [String: String] = [:]
  ) {
    self.executable = executable ?? Self.runningProgram
    self.arguments = arguments
    var all = ProcessInfo.processInfo.environment
    for (name, value) in Self.settings { all[name] = value }
    all.merge(variables) { $1 }
    environment = all.keys.sorted().map { "\($0)=\(all[$0] ?? "")" }
  }

  /// One thread: workers are as many as there are cores.
  private static let settings = [
    ("OPENBLAS_NUM_THREADS", "1"), ("LANG", "C.UTF-8"), ("MALLOC_ARENA_MAX", "1"),
    ("SWIFT_BACKTRACE", "enable=no"),
  ]

  private static var runningProgram: String {
    let running = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return running ?? CommandLine.arguments[0]
  }
}
