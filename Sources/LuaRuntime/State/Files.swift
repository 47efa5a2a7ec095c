import Foundation

extension LuaState {
  /// Compiles and runs a file of Lua source.
  ///
  /// - Parameters:
  ///   - path: also the name errors show.
  ///   - arguments: what `...` holds in the file.
  /// - Returns: what the file returns.
  /// - Throws: ``LuaError``, also when the file cannot be read.
  @discardableResult
  public func runFile(_ path: String, arguments: [LuaValue] = []) throws -> [LuaValue] {
    try call(loadFile(path), arguments)
  }

  /// Compiles a file of Lua source.
  public func loadFile(_ path: String) throws -> LuaFunction {
    guard let data = FileManager.default.contents(atPath: path) else {
      let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "not found"
      throw LuaError(message: "\(path): \(reason)")
    }
    return try load(Array(data), chunkName: "@\(path)")
  }
}
