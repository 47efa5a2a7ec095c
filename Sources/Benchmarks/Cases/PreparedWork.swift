import Foundation
import LuaBindings
import LuaRuntime
import TensorCore

/// Work that is ready to be timed.
final class PreparedWork {
  /// Does `count` calls and returns how long they took.
  let time: (_ count: Int) throws -> Elapsed
  /// The graph whose counters tell what a call does.
  let graph: Graph?
  /// Calls that Lua makes of functions in one call of the work.
  let luaCalls: () throws -> Int
  /// Frees what can be freed, so that counts do not depend on when a collector runs.
  let collect: () throws -> Void
  /// Other ways to the same result that belong to the benchmark.
  var alternatives: [(name: String, kind: ContenderKind, time: (Int) throws -> Elapsed)] = []

  /// Work whose calls are timed together.
  convenience init(graph: Graph?, _ call: @escaping () throws -> Void) {
    self.init(
      graph: graph,
      time: { count in
        let start = Elapsed.now()
        for _ in 0..<count { try call() }
        return .now() - start
      })
  }

  /// Work that times itself.
  init(
    graph: Graph?, time: @escaping (Int) throws -> Elapsed,
    luaCalls: @escaping () throws -> Int = { 0 }, collect: @escaping () throws -> Void = {}
  ) {
    self.graph = graph
    self.time = time
    self.luaCalls = luaCalls
    self.collect = collect
  }

  /// Work written in Lua.
  ///
  /// - Parameters:
  ///   - source: returns a function of how many calls to do.
  ///   - threads: of kernels.
  ///   - functions: added to the library.
  /// - Returns: work that times calls of what the source returns.
  /// - Throws: `LuaError` where the source fails.
  static func script(
    _ source: String, threads: Int, functions: [NativeFunction] = []
  ) throws -> PreparedWork {
    let session = try ScriptSession(graph: Graph(threads: threads))
    try session.register(functions)
    let lua = session.lua
    guard case .function(let run)? = try lua.run(source, chunkName: "=benchmark").first else {
      throw BenchmarkError("the source of a case must return a function")
    }
    return PreparedWork(
      graph: session.graph,
      time: { count in
        let start = Elapsed.now()
        _ = try lua.call(run, [.integer(count)])
        return .now() - start
      },
      luaCalls: {
        let counted = try lua.run(
          Self.counting, chunkName: "=benchmark", arguments: [.function(run)])
        return counted.first?.integerValue ?? 0
      },
      collect: {
        try lua.run("collectgarbage() collectgarbage()", chunkName: "=benchmark")
        session.graph.sweep()
      })
  }

  private static let counting = """
    local run = ...
    local function calls(count)
      local seen = 0
      debug.sethook(function() seen = seen + 1 end, "c")
      run(count)
      debug.sethook()
      return seen
    end
    return calls(2) - calls(1)
    """
}

/// Why something cannot be measured.
public struct BenchmarkError: Error, CustomStringConvertible {
  /// What was wrong and what was expected.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
