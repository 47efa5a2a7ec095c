import ArgumentParser
import Foundation
import Methods
import Trials

/// `perigee init [FOLDER]`: a project with samples and what editors need.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Begin a project: sample scripts, and completion and types for editors.",
    discussion: """
      Writes a loss, a divergence, a reward and a test to start from, the settings of the Lua
      language server and of luacheck, and stubs/perigee.lua, which describes the library to
      editors. Files that are there are kept; the stubs are written anew, so that running it
      again after an update brings them up to date.
      """)

  @Argument(help: "The folder; it is made where it is not there.")
  var folder = "."

  func run() throws {
    let files = FileManager.default
    let root = URL(fileURLWithPath: folder)
    for (path, text) in ProjectFiles(try ScriptTools.open(RunSettings())).files {
      let place = root.appendingPathComponent(path)
      let isThere = files.fileExists(atPath: place.path)
      if isThere && path != ProjectFiles.stubs {
        print("kept     \(path)")
        continue
      }
      do {
        try files.createDirectory(
          at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: place, atomically: true, encoding: .utf8)
      } catch {
        throw MethodError("\(place.path): cannot be written: \(error.localizedDescription)")
      }
      print("\(isThere ? "updated " : "written ") \(path)")
    }
    let place = folder == "." ? "" : "cd \(folder) && "
    print("next: \(place)perigee check my_loss.lua, perigee test, perigee repl")
  }
}
