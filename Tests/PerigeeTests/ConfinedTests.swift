import Foundation
import TestSupport
import Testing

/// `pg.confined`: code that nobody has read, from a script and at a prompt.
@Suite struct ConfinedTests {
  @Test func numbersComeBackOrAReason() throws {
    let program = try Program()
    defer { program.clean() }
    try program.write(
      "try.lua",
      """
      local pg = require "perigee"
      local found = pg.confined("return 1, require('perigee').ones(3):sum():item()")
      print(found[1], found[2])
      print(pg.confined("while true do end"))
      print(pg.confined("while true do end", { seconds = 0.2, instructions = 1e12 }))
      print(pg.confined("return io.open('/etc/passwd')"))
      print(pcall(pg.confined, "return 1", { second = 1 }))
      print(pcall(pg.confined, "return 1", { seconds = 0 }))
      """)
    let lines = try program.run(["run", "try.lua"]).output.split(separator: "\n")
    try #require(lines.count == 6)
    #expect(lines[0] == "1.0\t3.0")
    #expect(lines[1].hasPrefix("nil\tinstructions\tcandidate.lua:1: budget spent"))
    #expect(lines[2].hasPrefix("nil\ttimeLimit\tcandidate.lua:1: interrupted: out of time"))
    #expect(lines[3] == "nil\tscript\tcandidate.lua:1: candidate code has no 'io'")
    #expect(lines[4].contains("did you mean \"seconds\"?"))
    #expect(lines[5].contains("seconds must be a number from 0.001 to 3600"))
  }

  /// A candidate that has a thousand seconds: Ctrl-C ends the child at once, the session lives.
  @Test func controlCStopsChildren() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try program.terminal("repl", "--no-history")
    #expect(session.shows("[1]> "))
    session.type("state = 41; pg.confined('return 1')\n")
    #expect(session.shows("[2]> "))
    for attempt in 1...3 {
      session.type(
        "print('be' .. 'gun \(attempt)') pg.confined('while true do end', "
          + "{ seconds = 1000, instructions = 1e12 })\n")
      #expect(session.shows("begun \(attempt)"), "\(session.unread)")
      usleep(300_000)
      #expect(Self.children(of: session.process) == 1)
      let start = Date()
      session.type("\u{03}")
      #expect(session.shows("interrupted"), "\(session.unread)")
      #expect(-start.timeIntervalSinceNow < 2)
      #expect(session.shows("]> "))
    }
    session.type("pg.confined('return 1')[1] + state\n")
    #expect(session.shows("42"), "\(session.unread)")
    #expect(session.shows("]> "))
    session.type("\u{04}")
    #expect(session.status() == 0)
  }

  @Test func controlCEndsARunAndItsChildren() throws {
    let program = try Program()
    defer { program.clean() }
    try program.write(
      "long.lua",
      """
      local pg = require "perigee"
      io.write("on\\n") io.flush()
      pcall(pg.confined, "while true do end", { seconds = 1000, instructions = 1e12 })
      print("never")
      """)
    let outcome = try program.run(["run", "long.lua"]) { process, output in
      #expect(waits { (try? String(contentsOf: output, encoding: .utf8)) == "on\n" })
      #expect(waits { Self.children(of: process.processIdentifier) == 1 })
      usleep(300_000)
      process.interrupt()
    }
    #expect(outcome.status == 130)
    #expect(outcome.output == "on\n")
    #expect(outcome.errors.hasPrefix("long.lua:3: interrupted"), "\(outcome.errors)")
  }

  /// How many processes have this parent.
  private static func children(of parent: pid_t) -> Int {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.filter { Int($0) != nil }.count { process in
      let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
      // pid (name) state parent ...
      let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && fields[0] != "Z" && Int32(fields[1]) == parent
    }
  }
}
