import Foundation

/// A program at a pseudo-terminal of its own, as in a terminal window: it is the leader of a
/// session that the terminal controls, so Ctrl-C, when typed, is a signal or a key as the program
/// has set the terminal.
public final class TerminalSession {
  private let master: Int32
  /// Its number.
  public let process: pid_t
  private var ended: Int32?
  /// What was shown and not yet waited for.
  public private(set) var unread = ""

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - executable: its file.
  ///   - arguments: without the program's name.
  ///   - environment: all its variables; `TERM` is xterm unless given.
  ///   - folder: where it runs.
  ///   - columns: characters in a line of the terminal.
  /// - Throws: `POSIXError` when there is no terminal or the program cannot be started.
  public init(
    _ executable: URL, _ arguments: [String], environment: [String: String], folder: URL,
    columns: Int = 100
  ) throws {
    var (master, terminal): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: 40, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&master, &terminal, &name, nil, &size) == 0 else { throw POSIXError(.ENOTTY) }
    defer { close(terminal) }
    self.master = master
    var variables = environment
    variables["TERM"] = variables["TERM"] ?? "xterm"
    process = try Self.spawn(
      ["/usr/bin/env", "-C", folder.path, executable.path] + arguments,
      variables.map { "\($0.key)=\($0.value)" }.sorted(),
      name, master)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit {
    if ended == nil {
      kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    close(master)
  }

  /// POSIX_SPAWN_SETSID, which the C library shows to GNU sources only.
  private static let newSession: Int16 = 0x80

  /// A leader of a session gets the first terminal that it opens as the controlling one.
  private static func spawn(
    _ words: [String], _ variables: [String], _ terminal: [CChar], _ master: Int32
  ) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let flags = newSession | Int16(POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, flags)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    posix_spawn_file_actions_addclose(&actions, master)
    var arguments = words.map { strdup($0) } + [nil]
    var environment = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var process: pid_t = 0
    let code = posix_spawn(
      &process, words[0], &actions, &attributes, &arguments, &environment)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOENT) }
    return process
  }

  /// Types text; `\u{03}` is Ctrl-C, `\u{04}` Ctrl-D.
  public func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Waits until the terminal shows a text after what was waited for before.
  public func shows(_ text: String, seconds: Double = 30) -> Bool {
    waits(seconds) {
      read()
      guard let found = unread.range(of: text) else { return false }
      unread = String(unread[found.upperBound...])
      return true
    }
  }

  /// What is shown between now and the moment nothing new has come for some time.
  public func settled(quiet: Double = 0.3) -> String {
    var last = Date()
    _ = waits(20) {
      if read() { last = Date() }
      return -last.timeIntervalSinceNow > quiet
    }
    defer { unread = "" }
    return unread
  }

  /// The exit status once the program has ended, 128 and more after a signal; nil when it does
  /// not end in time.
  public func status(seconds: Double = 30) -> Int32? {
    _ = waits(seconds) {
      read()
      var status: Int32 = 0
      if ended == nil, waitpid(process, &status, WNOHANG) == process {
        ended = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
      }
      return ended != nil
    }
    return ended
  }

  @discardableResult private func read() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Foundation.read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    unread += String(decoding: buffer[..<count], as: UTF8.self)
    return true
  }

  private func waits(_ seconds: Double, until condition: () -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if condition() { return true }
      usleep(2000)
    }
    return condition()
  }
}
