import Foundation
import Trials

/// The files of a new project.
struct ProjectFiles {
  /// Paths below the folder, and what they hold, in the order they are reported.
  let files: [(path: String, text: String)]

  /// - Parameter runner: whose library the stubs describe.
  init(_ runner: ScriptRunner) {
    files =
      [
        (".luarc.json", Self.languageServer), (".luacheckrc", Self.luacheck),
        (Self.stubs, EditorStubs(runner).text),
      ] + SampleScripts.all
  }

  /// Written anew each time: they follow the program.
  static let stubs = "stubs/perigee.lua"

  private static let languageServer = """
    {
      "runtime.version": "Lua 5.4",
      "workspace.library": ["stubs"],
      "workspace.checkThirdParty": false,
      "workspace.ignoreDir": ["runs"],
      "diagnostics.globals": ["describe", "it", "expect", "before_each", "after_each"],
      "diagnostics.groupFileStatus": { "type-check": "Opened" }
    }

    """

  private static let luacheck = """
    -- Scripts get everything through `require "perigee"`: there are no extra globals but in specs.
    std = "lua54"
    max_line_length = 100
    exclude_files = { "stubs" }
    files["**/*_spec.lua"] = {
      read_globals = { "describe", "it", "expect", "before_each", "after_each" },
    }

    """
}
