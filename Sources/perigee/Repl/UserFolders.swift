import Foundation

/// Where the user's own settings are: `perigee` in the folder for configuration.
enum ConfigurationFolder {
  static func path(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String {
    userFolder("XDG_CONFIG_HOME", ".config", environment)
  }
}

/// Lines typed in earlier sessions. Sessions that run together each append theirs.
struct HistoryFile {
  /// Lines that are kept and offered.
  static let length = 2000

  let path: String

  /// `PERIGEE_HISTORY`, else `history` in the user's folder for state.
  static func path(_ environment: [String: String]) -> String {
    if let path = environment["PERIGEE_HISTORY"], !path.isEmpty { return path }
    return userFolder("XDG_STATE_HOME", ".local/state", environment) + "/history"
  }

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    path = Self.path(environment)
  }

  /// The latest lines, oldest first.
  func lines() -> [String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    return lines.suffix(Self.length)
  }

  /// Adds a line; the file is the user's alone. A history that cannot be written is no reason to
  /// stop a session, so failures are not reported.
  func append(_ line: String) {
    let folder = (path as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    locked { file in
      lseek(file, 0, SEEK_END)
      write(line + "\n", to: file)
    }
  }

  /// Shortens a file that has grown to several times what is offered.
  func tidy() {
    guard let data = FileManager.default.contents(atPath: path),
      data.count > 200 * Self.length
    else { return }
    // The lines are read again under the lock: another session may have added some.
    locked { file in
      let kept = lines()
      ftruncate(file, 0)
      lseek(file, 0, SEEK_SET)
      write(kept.map { $0 + "\n" }.joined(), to: file)
    }
  }

  /// Sessions take turns at the file, so that none loses what another writes.
  private func locked(_ body: (Int32) -> Void) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    guard flock(file, LOCK_EX) == 0 else { return }
    body(file)
  }

  private func write(_ text: String, to file: Int32) {
    let bytes = Array(text.utf8)
    _ = Foundation.write(file, bytes, bytes.count)
  }
}

private func userFolder(
  _ variable: String, _ fallback: String, _ environment: [String: String]
) -> String {
  if let folder = environment[variable], !folder.isEmpty { return folder + "/perigee" }
  return (environment["HOME"] ?? NSHomeDirectory()) + "/" + fallback + "/perigee"
}
