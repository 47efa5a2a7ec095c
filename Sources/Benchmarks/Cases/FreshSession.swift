import LuaBindings
import TensorCore

/// A Lua state that has compiled nothing yet.
struct FreshSession {
  private let session: ScriptSession

  /// Opens a state and runs what is not part of the measurement.
  init(_ threads: Int, _ setUp: String) throws {
    session = try ScriptSession(graph: Graph(threads: threads))
    try session.lua.run(setUp, chunkName: "=benchmark")
  }

  /// Runs a piece of Lua.
  func run(_ source: String) throws {
    try session.lua.run(source, chunkName: "=benchmark")
  }
}
