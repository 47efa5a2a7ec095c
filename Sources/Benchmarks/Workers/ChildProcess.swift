import Foundation

/// Processes started and waited for.
enum ChildProcess {
  /// The file of the running program.
  static func thisProgram() throws -> String {
    let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    guard FileManager.default.isExecutableFile(atPath: path), !path.hasPrefix("/proc/") else {
      throw BenchmarkError("the file of the running program is not known")
    }
    return path
  }

  /// Runs a program to its end, without output.
  ///
  /// - Throws: `BenchmarkError` when it cannot be started or fails.
  static func run(_ program: String, _ arguments: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var words = ([program] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var identifier: pid_t = 0
    guard posix_spawn(&identifier, program, &actions, nil, words, environ) == 0 else {
      throw BenchmarkError("\(program) cannot be started")
    }
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 {
      if errno != EINTR { throw BenchmarkError("\(program) was lost") }
    }
    guard status == 0 else {
      throw BenchmarkError("\(program) \(arguments.joined(separator: " ")) failed")
    }
  }
}

/// A file that goes when nobody holds it.
final class TemporaryFile {
  let path: String

  init(_ text: String) throws {
    path = NSTemporaryDirectory() + "perigee-benchmark-\(UUID().uuidString).lua"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  deinit { unlink(path) }
}
