import Foundation
import LuaBindings
import LuaRuntime
import Methods
import Notation
import Trials

/// Where the source of a script comes from.
enum ScriptFile: Equatable {
  case standardInput
  case path(String)

  /// Finds what a command line names: `-`, a file, or a file of the standard library, whose
  /// ending and leading `stdlib/` may be left out.
  ///
  /// - Throws: `MethodError` with the nearest name.
  init(_ name: String, library: StandardLibrary) throws {
    if name == "-" {
      self = .standardInput
      return
    }
    let short = name.hasPrefix("stdlib/") ? String(name.dropFirst(7)) : name
    let places = [name, library.root + "/" + short, library.root + "/" + short + ".lua"]
    if let found = places.first(where: Self.isFile) {
      self = .path(found)
      return
    }
    let folder = (name as NSString).deletingLastPathComponent
    let neighbours = Self.luaFiles(in: folder.isEmpty ? "." : folder)
      .map { folder.isEmpty ? $0 : folder + "/" + $0 }
    let recipes = Self.luaFiles(in: library.root + "/recipes")
      .map { "recipes/" + $0.dropLast(4) }
    let hint = NearestName.hint(name, in: neighbours + recipes)
    let isFolder = FileManager.default.fileExists(atPath: name)
    throw MethodError(name + (isFolder ? ": is a folder" : ": no such file\(hint)"))
  }

  /// Runs the script with `arg` set as Lua's own interpreter sets it.
  func run(_ runner: ScriptRunner, arguments: [String]) throws {
    let lua = runner.session.lua
    let shown = if case .path(let path) = self { path } else { "-" }
    let words = LuaTable(
      items: arguments.map(LuaValue.string),
      fields: [LuaField(key: .integer(0), value: .string(shown))])
    try lua.setGlobal("arg", .table(words))
    switch self {
    case .path(let path): try runner.run(file: path)
    case .standardInput:
      let source = FileHandle.standardInput.readDataToEndOfFile()
      try runner.run(source: Array(source), name: "stdin", arguments: arguments)
    }
  }

  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && !isFolder.boolValue
  }

  private static func luaFiles(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".lua") }.sorted()
  }
}
