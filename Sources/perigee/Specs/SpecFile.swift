import Foundation
import LuaRuntime
import Methods
import Trials

/// One spec file, run in a state of its own.
struct SpecFile {
  /// How a test ended.
  struct Outcome {
    let name: String
    /// What went wrong, or nil.
    let failure: (any Error)?
  }

  let path: String

  /// Runs the tests whose name contains `filter`.
  ///
  /// - Returns: one outcome a test; one for the file itself where it cannot be read.
  /// - Throws: `LuaError` of kind interrupted, when the user stops it.
  func run(filter: String, threads: Int) throws -> [Outcome] {
    do {
      var settings = RunSettings()
      settings.threads = threads
      settings.isQuiet = true
      let runner = try ScriptTools.open(settings)
      let lua = runner.session.lua
      InterruptSignal.watch(lua.control)
      let library = try lua.run(SpecLibrary.source, chunkName: SpecLibrary.chunkName)
      guard let names = library.first?.functionValue, let run = library.last?.functionValue else {
        throw MethodError("the library of specs could not be loaded")
      }
      try runner.run(file: path)
      let list = try lua.call(names, []).first?.tableValue?.items.compactMap(\.stringValue) ?? []
      return try list.enumerated().filter { filter.isEmpty || $1.contains(filter) }.map {
        place, name in
        try outcome(name) { _ = try lua.call(run, [.integer(place + 1)]) }
      }
    } catch let error as LuaError where error.kind == .interrupted {
      throw error
    } catch {
      return [Outcome(name: "the file", failure: error)]
    }
  }

  private func outcome(_ name: String, _ body: () throws -> Void) throws -> Outcome {
    do {
      try body()
      return Outcome(name: name, failure: nil)
    } catch let error as LuaError where error.kind == .interrupted {
      throw error
    } catch {
      return Outcome(name: name, failure: error)
    }
  }

  /// The spec files of a folder, those in folders below it too, sorted; or the file itself.
  ///
  /// - Throws: `UsageError` where there are none.
  static func find(_ path: String) throws -> [SpecFile] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw UsageError("\(path): no such file or folder")
    }
    guard isFolder.boolValue else { return [SpecFile(path: path)] }
    let walk = FileManager.default.enumerator(atPath: path)
    let names = (walk?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix("_spec.lua") }
    guard !names.isEmpty else {
      throw UsageError("\(path): no files called *_spec.lua; perigee init writes one")
    }
    return names.sorted().map { SpecFile(path: path == "." ? $0 : "\(path)/\($0)") }
  }
}
