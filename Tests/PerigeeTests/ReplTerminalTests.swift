import Foundation
import TestSupport
import Testing

/// `perigee repl` at a terminal: editing, history, Ctrl-C, Ctrl-D.
@Suite struct ReplTerminalTests {
  /// Types Ctrl-D at the next prompt: before it the terminal would not pass the key on.
  private func leave(_ session: TerminalSession) {
    #expect(session.shows("]> "))
    session.type("\u{04}")
    #expect(session.status() == 0)
  }

  @Test func evaluatesAndLeavesAtControlD() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl")
    #expect(session.shows("[1]> "))
    session.type("20 + 22\n")
    #expect(session.shows("42"))
    leave(session)
    let history = try String(
      contentsOf: program.folder.appendingPathComponent("state/perigee/history"), encoding: .utf8)
    #expect(history == "20 + 22\n")
  }

  @Test func controlCClearsTheLine() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl", "--no-history")
    #expect(session.shows("[1]> "))
    session.type("nonsense(")
    #expect(session.shows("nonsense("))
    session.type("\u{03}")
    #expect(session.shows("^C"))
    #expect(session.shows("[1]> "))
    session.type("6 * 7\n")
    #expect(session.shows("42"))
    leave(session)
    let history = program.folder.appendingPathComponent("state/perigee/history")
    #expect(!FileManager.default.fileExists(atPath: history.path))
  }

  @Test func interruptKeepsGlobals() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl")
    #expect(session.shows("[1]> "))
    session.type("x = 5\n")
    #expect(session.shows("[2]> "))
    session.type("print('on') while true do pcall(error) end\n")
    #expect(session.shows("on\r\n"))
    session.type("\u{03}")
    #expect(session.shows("interrupted"), "\(session.unread)")
    #expect(session.shows("]> "))
    session.type("x + 37\n")
    #expect(session.shows("42"))
    leave(session)
  }

  @Test(arguments: [
    ("", "\u{1B}[31m[1]:1: unexpected"), ("1", "\u{1B}[?2004l[1]:1: unexpected"),
  ])
  func colourUnlessRefused(noColour: String, shown: String) throws {
    var program = try Program()
    defer { program.clean() }
    program.environment["NO_COLOR"] = noColour
    let session = try program.terminal("repl", "--no-history")
    #expect(session.shows("[1]> "))
    session.type("= =\n")
    #expect(session.shows(shown), "\(session.unread)")
    leave(session)
  }

  @Test func arrowUpOffersTheLatestLine() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl")
    #expect(session.shows("[1]> "))
    session.type("40 + 2\n")
    #expect(session.shows("[2]> "))
    session.type("\u{1B}[A\n")
    #expect(session.shows("40 + 2"))
    #expect(session.shows("42"))
    leave(session)
  }

  /// Seconds from Ctrl-C to the message, the best of some tries: the machine may be busy.
  private func secondsToStop(_ code: String, _ setUp: String = "x = 1") throws -> Double {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl", "--no-history")
    #expect(session.shows("[1]> "))
    session.type("state = 41; \(setUp)\n")
    #expect(session.shows("[2]> "))
    var best = Double.infinity
    for attempt in 1...5 {
      session.type("print('be' .. 'gun \(attempt)') \(code)\n")
      #expect(session.shows("begun \(attempt)"), "\(session.unread)")
      usleep(100_000)
      let start = Date()
      session.type("\u{03}")
      #expect(session.shows("interrupted"), "\(code): \(session.unread)")
      best = min(best, -start.timeIntervalSinceNow)
      #expect(session.shows("]> "))
      if best < 0.05 { break }
    }
    session.type("state + 1\n")
    #expect(session.shows("42"))
    leave(session)
    return best
  }

  @Test(arguments: [
    "while true do end", "while true do pcall(error) end",
    "coroutine.wrap(function() while true do coroutine.wrap(function() end)() end end)()",
    "xpcall(function() while true do end end, function() while true do end end)",
    "setmetatable({}, { __gc = function() end }) while true do local t = {} end",
  ])
  func controlCStopsLua(code: String) throws {
    #expect(try secondsToStop(code) < 0.05)
  }

  @Test(arguments: [
    ("y = pg.randn(30000000):exp():sum():item()", "x = 1"),
    ("y = x:matmul(x):matmul(x):sum():item()", "x = pg.randn(3000, 3000); x:sum():item()"),
    ("y = x:sort():sum():item()", "x = pg.randn(2000, 20000); x:sum():item()"),
    ("while true do y = x:exp():sum():item() end", "x = pg.randn(1000000); x:sum():item()"),
    ("y = x:sort():sum():item()", "x = pg.randn(1, 8000000); x:sum():item()"),
    ("for k in pairs(t) do break end", "t = {} for i = 1, 100000 do t[i + 0.5] = i end"),
  ])
  func controlCStopsKernels(code: String, setUp: String) throws {
    #expect(try secondsToStop("for i = 1, 1000 do \(code) end", setUp) < 0.05)
  }

  @Test func aSecondControlCEndsWhatNothingElseStops() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl", "--no-history")
    #expect(session.shows("[1]> "))
    session.type("print('be' .. 'gun') string.find(('a'):rep(40), ('a?'):rep(40) .. 'b')\n")
    #expect(session.shows("begun"))
    usleep(200_000)
    session.type("\u{03}")
    #expect(session.status(seconds: 0.5) == nil)
    session.type("\u{03}")
    #expect(session.status() == 130)
  }

  @Test func tabCompletesAndLists() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl", "--no-history")
    #expect(session.shows("[1]> "))
    session.type("pg.log_sigm\t(pg.zeros(1)):item()\n")
    #expect(session.shows("-0.693"), "\(session.unread)")
    session.type("pg.log_s\t\t")
    #expect(session.shows("log_sigmoid  log_softmax"), "\(session.unread)")
    session.type("\u{03}")
    session.type("for i = 1, 1 do\nprint(pg.metho\t('dpo') ~= nil)\nend\n")
    #expect(session.shows("true"), "\(session.unread)")
    leave(session)
  }

  @Test func pasteIsTakenAsItIs() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl", "--no-history")
    #expect(session.shows("[1]> "))
    session.type("\u{1B}[200~> for i = 1, 2 do\r>>\tprint(i * 100)\r>> end\r\u{1B}[201~")
    #expect(session.shows("l100\r\n200"), "\(session.unread)")
    session.type("\u{1B}[200~'gr\u{fc}\u{df}e' .. 1\u{1B}[201~\n")
    #expect(session.shows("\"gr\u{fc}\u{df}e1\""), "\(session.unread)")
    leave(session)
  }

  @Test func sessionsShareAHistory() throws {
    let program = try Program()
    defer { program.clean() }
    let sessions = try (0..<3).map { _ in try program.terminal("repl") }
    for session in sessions { #expect(session.shows("[1]> ")) }
    for line in 1...5 {
      for (index, session) in sessions.enumerated() {
        session.type("'s\(index)l\(line)'\n")
        #expect(session.shows("[\(line + 1)]> "))
      }
    }
    for session in sessions {
      session.type("\u{04}")
      #expect(session.status() == 0)
    }
    let path = program.folder.path + "/state/perigee/history"
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(Set(lines).count == 15 && lines.count == 15)
  }
}
