import Foundation
import LuaRuntime
import Methods
import Trials

/// Library functions that only a prompt has: `pg.load`, `pg.reload`, `pg.save`, `pg.reset`.
enum SessionFunctions {
  static func all(
    _ catalogue: MethodCatalogue, _ log: SessionLog, reset: @escaping () throws -> Void
  ) -> [NativeFunction] {
    [
      .general("load") { call in
        let path = try LoadedFile.path(call.string(0))
        defer { log.add(file: path) }
        return try call.state.runFile(path)
      },
      .general("reload") { [unowned catalogue] call in
        catalogue.forget()
        for file in log.files { try call.state.runFile(file) }
        let names = log.files.isEmpty ? "methods" : "methods, " + log.files.joined(separator: ", ")
        print("read again: \(names)")
        return []
      },
      .general("save") { call in
        let path = try LoadedFile.path(call.string(0))
        try log.script.write(toFile: path, atomically: true, encoding: .utf8)
        print("\(path): \(log.entries.count) inputs")
        return []
      },
      .general("reset") { [unowned catalogue] _ in
        catalogue.forget()
        try reset()
        log.clear()
        return []
      },
    ]
  }
}

/// A file that a session names.
enum LoadedFile {
  /// The path with `~` spelled out.
  static func path(_ text: String) -> String { (text as NSString).expandingTildeInPath }
}
