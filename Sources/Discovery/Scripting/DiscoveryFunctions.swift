import LuaBindings
import LuaRuntime

/// `pg.discovery`: what a file for `perigee discover` returns.
public enum DiscoveryFunctions {
  /// The class of the declaration's table.
  static let className = "discovery"

  /// Adds the function to the library of a session.
  ///
  /// - Throws: `LuaError` where memory runs out.
  public static func register(in session: ScriptSession) throws {
    try session.lua.register(LuaMetatable(name: className))
    try session.register([
      .general("discovery") { call in
        var table = try call.table(0)
        // A wrong name is told with its line.
        try DiscoveryDeclaration.requireKnownNames(table)
        table.className = className
        return [.table(table)]
      }
    ])
  }
}
