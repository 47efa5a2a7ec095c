import Foundation
import Testing

/// `perigee repl` at a terminal: editing, history, Ctrl-C, Ctrl-D.
@Suite struct ReplTerminalTests {
  /// A session whose terminal is a pair of pseudo-terminal ends.
  private final class Session {
    let process: Process
    private let master: Int32
    private(set) var seen = ""

    init(_ program: Program, _ arguments: [String] = []) throws {
      var (master, terminal): (Int32, Int32) = (-1, -1)
      guard openpty(&master, &terminal, nil, nil, nil) == 0 else { throw POSIXError(.ENOTTY) }
      self.master = master
      let end = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
      var program = program
      program.environment["TERM"] = "xterm"
      process = program.process(["repl"] + arguments)
      process.standardInput = end
      process.standardOutput = end
      process.standardError = end
      try process.run()
      _ = fcntl(master, F_SETFL, O_NONBLOCK)
    }

    deinit {
      end(process)
      close(master)
    }

    func type(_ text: String) {
      let bytes = Array(text.utf8)
      _ = write(master, bytes, bytes.count)
    }

    /// The exit status, once the process has ended.
    var status: Int32? {
      guard waits(seconds: 20, until: { !process.isRunning }) else {
        end(process)
        return nil
      }
      return process.terminationStatus
    }

    /// Waits until the terminal shows a text after what was waited for before.
    func shows(_ text: String) -> Bool {
      waits(seconds: 20) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(master, &buffer, buffer.count)
        if count > 0 { seen += String(decoding: buffer[..<count], as: UTF8.self) }
        guard let found = seen.range(of: text) else { return false }
        seen = String(seen[found.upperBound...])
        return true
      }
    }
  }

  @Test func evaluatesAndLeavesAtControlD() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try Session(program)
    #expect(session.shows("[1]> "))
    session.type("20 + 22\n")
    #expect(session.shows("42"))
    #expect(session.shows("[2]> "))
    session.type("\u{04}")
    #expect(session.status == 0)
    let history = try String(
      contentsOf: program.folder.appendingPathComponent("state/perigee/history"), encoding: .utf8)
    #expect(history == "20 + 22\n")
  }

  @Test func controlCClearsTheLine() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try Session(program, ["--no-history"])
    #expect(session.shows("[1]> "))
    session.type("nonsense(")
    #expect(session.shows("nonsense("))
    session.type("\u{03}")
    #expect(session.shows("^C"))
    #expect(session.shows("[1]> "))
    session.type("6 * 7\n")
    #expect(session.shows("42"))
    session.type("\u{04}")
    #expect(session.status == 0)
    let history = program.folder.appendingPathComponent("state/perigee/history")
    #expect(!FileManager.default.fileExists(atPath: history.path))
  }

  @Test func interruptKeepsGlobals() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try Session(program)
    #expect(session.shows("[1]> "))
    session.type("x = 5\n")
    #expect(session.shows("[2]> "))
    session.type("print('on') while true do pcall(error) end\n")
    #expect(session.shows("on\r\n"))
    session.process.interrupt()
    #expect(session.shows("interrupted"), "\(session.seen)")
    #expect(session.shows("]> "))
    session.type("x + 37\n")
    #expect(session.shows("42"))
    session.type("\u{04}")
    #expect(session.status == 0)
  }

  @Test(arguments: [("", "\u{1B}[31m[1]:1: unexpected"), ("1", "\n[1]:1: unexpected")])
  func colourUnlessRefused(noColour: String, shown: String) throws {
    var program = try Program()
    defer { program.clean() }
    program.environment["NO_COLOR"] = noColour
    let session = try Session(program, ["--no-history"])
    #expect(session.shows("[1]> "))
    session.type("= =\n")
    #expect(session.shows(shown), "\(session.seen)")
    session.type("\u{04}")
    #expect(session.status == 0)
  }

  @Test func arrowUpOffersTheLatestLine() throws {
    let program = try Program()
    defer { program.clean() }
    let session = try Session(program)
    #expect(session.shows("[1]> "))
    session.type("40 + 2\n")
    #expect(session.shows("[2]> "))
    session.type("\u{1B}[A\n")
    #expect(session.shows("40 + 2"))
    #expect(session.shows("42"))
    session.type("\u{04}")
    #expect(session.status == 0)
  }
}
