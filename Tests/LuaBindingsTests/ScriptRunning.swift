import LuaBindings
import LuaRuntime
import TensorCore
import Testing

/// A script state for tests, with the library in the global `pg`.
struct Script {
  let session: ScriptSession

  init() throws {
    session = try ScriptSession()
    try session.lua.run("pg = require 'perigee'", chunkName: "=setup")
  }

  /// The results of a piece of Lua.
  func values(_ source: String) throws -> [LuaValue] {
    try session.lua.run(source, chunkName: "@test.lua")
  }

  /// The numbers of the first result, a tensor or a number.
  func numbers(_ source: String) throws -> [Double] {
    let value = try values(source).first ?? .nil
    if let number = value.numberValue { return [number] }
    let tensor = try #require(session.tensor(value))
    return try tensor.doubles()
  }

  /// The first result as text.
  func text(_ source: String) throws -> String {
    try #require(try values(source).first?.stringValue)
  }

  /// What `file:line: message` the script fails with.
  func failure(_ source: String) -> String {
    do {
      _ = try values(source)
      return "no error"
    } catch {
      return String(describing: error)
    }
  }
}
