import Foundation
import Testing

/// The portable part of Lua's own tests, run by our program. They are not part of this repository:
/// PERIGEE_LUA_TESTS names their folder.
@Suite struct LuaSuiteTests {
  private static let portable = [
    "bitwise", "calls", "closure", "constructs", "coroutine", "events", "goto", "literals",
    "locals", "math", "pm", "sort", "strings", "tpack", "utf8", "vararg",
  ]
  private static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["PERIGEE_LUA_TESTS"]
    let places = [named, "/usr/share/lua5.4/testes", "/usr/share/doc/lua5.4/testes"]
    return places.compactMap { $0 }.first {
      FileManager.default.fileExists(atPath: $0 + "/vararg.lua")
    }
  }()

  @Test(
    .enabled(if: folder != nil, "Lua's tests are not on this machine; set PERIGEE_LUA_TESTS"),
    arguments: portable)
  func portableTestsPass(_ name: String) throws {
    let folder = try #require(Self.folder)
    let program = try Program()
    defer { program.clean() }
    try program.write(
      "suite.lua",
      """
      _port, _soft, _nomsg = true, true, true
      package.path = "\(folder)/?.lua;" .. package.path
      dofile("\(folder)/\(name).lua")
      """)
    let outcome = try program.run(["run", "suite.lua"])
    #expect(outcome.status == 0, "\(name): \(outcome.errors)")
  }
}
