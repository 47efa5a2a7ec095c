import Foundation
import Testing

@testable import perigee

/// Lines of earlier sessions.
@Suite struct HistoryFileTests {
  @Test func keepsLinesForTheUserAlone() throws {
    let program = try Program()
    defer { program.clean() }
    let path = program.folder.path + "/state/deep/history"
    let history = HistoryFile(environment: ["PERIGEE_HISTORY": path])
    #expect(history.lines() == [])
    history.append("x = 1")
    HistoryFile(environment: ["PERIGEE_HISTORY": path]).append("y = 2")
    #expect(history.lines() == ["x = 1", "y = 2"])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func offersTheLatest() throws {
    let program = try Program()
    defer { program.clean() }
    let path = program.folder.path + "/history"
    let lines = (1...2100).map { "line \($0)\n" }.joined()
    try lines.write(toFile: path, atomically: true, encoding: .utf8)
    let offered = HistoryFile(environment: ["PERIGEE_HISTORY": path]).lines()
    #expect(offered.count == HistoryFile.length)
    #expect(offered.last == "line 2100")
  }

  @Test func place() {
    #expect(HistoryFile.path(["XDG_STATE_HOME": "/s"]) == "/s/perigee/history")
    #expect(HistoryFile.path(["HOME": "/h"]) == "/h/.local/state/perigee/history")
    #expect(ConfigurationFolder.path(["XDG_CONFIG_HOME": "/c"]) == "/c/perigee")
  }
}
